import Core
import Foundation

@testable import Lab
@testable import StateStore

/// A lab with the state service only, and its clients.
struct StateRig: Sendable {
    let lab: TestLab
    let client: S3Client
    var context: Context { lab.context }

    static func with(home: String? = nil, _ body: (StateRig) async throws -> Void) async throws {
        try await TestLab.with([StateService.self], home: home) { lab in
            let endpoint = StateEndpoint(
                url: lab.url("state"), accessKey: lab.keys.stateUser ?? "", secretKey: lab.keys.statePassword ?? "")
            try await body(StateRig(lab: lab, client: S3Client(endpoint, context: lab.context, retry: .never)))
        }
    }

    /// A client with other settings.
    func client(bucket: String? = nil, secret: String? = nil, key: String? = nil, region: String = "us-east-1")
        -> S3Client
    {
        var endpoint = client.endpoint
        if let bucket { endpoint.bucket = bucket }
        if let secret { endpoint.secretKey = secret }
        if let key { endpoint.accessKey = key }
        return S3Client(endpoint, region: region, context: context, retry: .never)
    }

    /// Sends a signed request as it is.
    func send(
        _ method: String, _ key: String = "", _ query: [S3Query.Item] = [],
        headers: [(name: String, value: String)] = [], body: Data? = nil, bucket: String? = nil
    ) async throws -> HTTPAnswer {
        let client = client(bucket: bucket)
        return try await context.http.send(
            try client.request(method, key: key, query: S3Query(query), headers: headers, body: body))
    }

    /// Sends a request of the `http` backend as the lab's user.
    func backend(
        _ method: String, _ path: String, _ body: String? = nil, headers: [(name: String, value: String)] = []
    ) async throws -> HTTPAnswer {
        var call = HTTPCall(
            method, lab.url("state") + "/http" + path, headers: headers,
            body: body.map { .data(Data($0.utf8)) } ?? .none)
        call.authorize(user: lab.keys.stateUser ?? "", password: lab.keys.statePassword ?? "")
        return try await context.http.send(call)
    }

    /// The code of an error in S3's form.
    static func code(_ answer: HTTPAnswer) -> String { (try? S3XML.parse(answer.body))?["Code"]?.text ?? "" }

    /// A state of version 4.
    static func state(_ serial: Int, _ names: [String] = ["a"], lineage: String = "l-1", note: String = "") -> Data {
        let resources = names.map { name -> JSONValue in
            [
                "mode": "managed", "type": "terraform_data", "name": .string(name),
                "instances": [["attributes": ["input": .string(note)]]],
            ]
        }
        let value: JSONValue = [
            "version": 4, "terraform_version": "1.11.4", "serial": .number(Double(serial)),
            "lineage": .string(lineage), "outputs": [:], "resources": .array(resources),
        ]
        return Data(value.text().utf8)
    }
}
