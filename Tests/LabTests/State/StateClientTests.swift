import Core
import Foundation
import Testing

@testable import Lab
@testable import StateStore

/// Programs that we did not write, as they are.
enum StatePrograms {
    static func isInstalled(_ name: String) -> Bool {
        (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
            .contains { FileManager.default.isExecutableFile(atPath: "\($0)/\(name)") }
    }

    /// A Python with boto3, in the environment that NANTE_VENV names, else in `.venv`.
    static var boto: String? {
        let given = ProcessInfo.processInfo.environment["NANTE_VENV"]
        let near = FileManager.default.currentDirectoryPath + "/.venv"
        return [given, near].compactMap { $0.map { $0 + "/bin/python" } }.first { python in
            let lib = python.parentPath.parentPath + "/lib"
            let found = (try? FileManager.default.contentsOfDirectory(atPath: lib)) ?? []
            return found.contains { FileManager.default.fileExists(atPath: "\(lib)/\($0)/site-packages/boto3") }
        }
    }

    static let script = """
        import boto3, io, os, sys, urllib.request
        from botocore.config import Config
        from botocore.exceptions import ClientError
        from boto3.s3.transfer import TransferConfig
        config = Config(s3={"addressing_style": "path"}, retries={"max_attempts": 0}, signature_version="s3v4")
        s3 = boto3.client("s3", endpoint_url=sys.argv[1], region_name="us-east-1", config=config)
        def code(call, **arguments):
            try:
                call(**arguments)
            except ClientError as error:
                return error.response["Error"]["Code"]
        b = "boto-test"
        s3.create_bucket(Bucket=b)
        assert code(s3.create_bucket, Bucket=b) == "BucketAlreadyOwnedByYou"
        for key in ["env:/x/terraform.tfstate", "a b+c/ü$&=;?%20.txt", "a//b", "x/../y", "dir/", "q\\"'<>&"]:
            s3.put_object(Bucket=b, Key=key, Body=key.encode(), Metadata={"m": "1"}, IfNoneMatch="*")
            got = s3.get_object(Bucket=b, Key=key)
            assert got["Body"].read() == key.encode() and got["Metadata"] == {"m": "1"}, key
            assert code(s3.put_object, Bucket=b, Key=key, Body=b"", IfNoneMatch="*") == "PreconditionFailed"
        tag = s3.head_object(Bucket=b, Key="a//b")["ETag"]
        assert code(s3.put_object, Bucket=b, Key="a//b", Body=b"2", IfMatch='"0"') == "PreconditionFailed"
        s3.put_object(Bucket=b, Key="a//b", Body=b"2", IfMatch=tag)
        for name in ["CRC32", "SHA1", "SHA256"]:
            s3.put_object(Bucket=b, Key="sum", Body=b"hello", ChecksumAlgorithm=name)
            got = s3.get_object(Bucket=b, Key="sum", ChecksumMode="ENABLED")
            assert got["Checksum" + name] and got["Body"].read() == b"hello"
        large = os.urandom(17_000_000)
        parts = TransferConfig(multipart_threshold=8 << 20, multipart_chunksize=8 << 20)
        s3.upload_fileobj(io.BytesIO(large), b, "large", Config=parts)
        back = io.BytesIO()
        s3.download_fileobj(b, "large", back, Config=parts)
        assert back.getvalue() == large and s3.head_object(Bucket=b, Key="large")["ETag"].endswith('-3"')
        up = s3.create_multipart_upload(Bucket=b, Key="left")["UploadId"]
        s3.upload_part(Bucket=b, Key="left", UploadId=up, PartNumber=1, Body=b"x")
        assert len(s3.list_parts(Bucket=b, Key="left", UploadId=up)["Parts"]) == 1
        assert code(s3.complete_multipart_upload, Bucket=b, Key="left", UploadId=up,
                    MultipartUpload={"Parts": [{"PartNumber": 2, "ETag": "x"}]}) == "InvalidPart"
        s3.abort_multipart_upload(Bucket=b, Key="left", UploadId=up)
        assert "Uploads" not in s3.list_multipart_uploads(Bucket=b)
        s3.copy_object(Bucket=b, Key="copy", CopySource={"Bucket": b, "Key": "large"})
        assert s3.get_object(Bucket=b, Key="copy", Range="bytes=16999990-")["Body"].read() == large[16999990:]
        s3.delete_object(Bucket=b, Key="a//b")
        assert code(s3.get_object, Bucket=b, Key="a//b") == "NoSuchKey"
        url = s3.generate_presigned_url("get_object", Params={"Bucket": b, "Key": "sum"}, ExpiresIn=60)
        assert urllib.request.urlopen(url).read() == b"hello"
        assert code(s3.get_bucket_policy, Bucket=b) == "NotImplemented"
        assert s3.get_bucket_versioning(Bucket=b)["Status"] == "Enabled"
        pages = s3.get_paginator("list_objects_v2").paginate(Bucket=b, PaginationConfig={"PageSize": 3})
        assert len([o for page in pages for o in page["Contents"]]) == 8
        pages = s3.get_paginator("list_object_versions").paginate(Bucket=b, PaginationConfig={"PageSize": 2})
        all = [{"Key": v["Key"], "VersionId": v["VersionId"]} for page in pages
               for v in page.get("Versions", []) + page.get("DeleteMarkers", [])]
        assert len(all) == 13, len(all)
        assert len(s3.delete_objects(Bucket=b, Delete={"Objects": all})["Deleted"]) == 13
        s3.delete_bucket(Bucket=b)
        """
}

@Suite(.serialized) struct StateClientTests {
    private func run(
        _ rig: StateRig, _ program: String, _ arguments: [String], in folder: String,
        environment more: [String: String] = [:]
    ) async throws -> CommandResult {
        var environment = [
            "PATH": rig.context.environment["PATH"] ?? "", "HOME": folder, "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_ACCESS_KEY_ID": rig.lab.keys.stateUser ?? "",
            "AWS_SECRET_ACCESS_KEY": rig.lab.keys.statePassword ?? "", "CHECKPOINT_DISABLE": "1", "TF_INPUT": "0",
        ]
        environment.merge(more) { $1 }
        return try await rig.context.processes.run(
            Command(
                program, arguments, environment: .exact(environment), workingDirectory: folder, deadline: .seconds(120))
        )
    }

    @Test(.enabled(if: StatePrograms.boto != nil)) func boto3() async throws {
        let python = try #require(StatePrograms.boto)
        try await StateRig.with { rig in
            let folder = rig.lab.home.path.appending(path: "work")
            try rig.context.files.write(StatePrograms.script, to: folder.appending(path: "try.py"))
            let result = try await run(rig, python, ["try.py", rig.lab.url("state")], in: folder)
            #expect(result.succeeded, "\(result.stderr.suffix(2000))")
        }
    }

    @Test(.enabled(if: StatePrograms.isInstalled("rclone"))) func rclone() async throws {
        try await StateRig.with { rig in
            let folder = rig.lab.home.path.appending(path: "work")
            for (name, size) in [("a b.txt", 5), ("sub/ü.bin", 300_000), ("large.bin", 12 << 20), ("empty", 0)] {
                let data = Data((0..<size).map { UInt8(truncatingIfNeeded: $0 &* 7) })
                try rig.context.files.write(data, to: folder.appending(path: "src/" + name), mode: 0o644)
            }
            let settings = [
                "RCLONE_CONFIG_LAB_TYPE": "s3", "RCLONE_CONFIG_LAB_PROVIDER": "Minio",
                "RCLONE_CONFIG_LAB_ENV_AUTH": "true", "RCLONE_CONFIG_LAB_ENDPOINT": rig.lab.url("state"),
                "RCLONE_CONFIG_LAB_REGION": "us-east-1", "RCLONE_S3_UPLOAD_CUTOFF": "8Mi",
                "RCLONE_S3_CHUNK_SIZE": "5Mi",
            ]
            for arguments in [
                ["mkdir", "lab:rclone-1"], ["copy", "src", "lab:rclone-1/x"], ["check", "src", "lab:rclone-1/x"],
                ["copy", "lab:rclone-1/x", "back"], ["moveto", "lab:rclone-1/x/empty", "lab:rclone-1/y"],
                ["check", "--download", "src", "lab:rclone-1/x", "--exclude", "empty"],
                ["cleanup", "lab:rclone-1"], ["delete", "lab:rclone-1"],
            ] {
                let result = try await run(
                    rig, "rclone", arguments + ["--retries", "1"], in: folder, environment: settings)
                #expect(result.succeeded, "\(arguments): \(result.stderr.suffix(1500))")
            }
            let diff = try await run(rig, "diff", ["-r", "src", "back"], in: folder)
            #expect(diff.succeeded, "\(diff.stdout)")
        }
    }
}
