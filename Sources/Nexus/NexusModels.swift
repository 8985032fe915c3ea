import Core

/// A repository as `GET /service/rest/v1/repositories` lists it (NXRM 3.94 OpenAPI, RepositoryXO).
public struct NexusRepository: Codable, Sendable, Hashable {
    /// Its name.
    public var name: String
    /// Such as "raw".
    public var format: String
    /// "hosted", "proxy" or "group".
    public var type: String
    /// The address of its content; absent on some servers.
    public var url: String?
    /// It answers; absent on older servers.
    public var online: Bool?
}

/// The settings of a raw hosted repository (RawHostedRepositoryApiRequest, RawHostedApiRepository).
public struct NexusRawRepository: Codable, Sendable, Hashable {
    /// Whether a file may be replaced.
    public enum WritePolicy: String, Codable, Sendable, Hashable, CaseIterable {
        /// Always.
        case allow
        /// Written once, never replaced.
        case allowOnce = "allow_once"
        /// Read only.
        case deny

        /// Reads the value in any case: the scripting interface writes it in capitals.
        public init(from decoder: any Decoder) throws {
            let text = try decoder.singleValueContainer().decode(String.self)
            guard let policy = WritePolicy(rawValue: text.lowercased()) else {
                throw DecodingError.dataCorrupted(
                    .init(codingPath: decoder.codingPath, debugDescription: "unknown write policy \(text)"))
            }
            self = policy
        }
    }
    /// Where and how its files are kept.
    public struct Storage: Codable, Sendable, Hashable {
        /// The blob store.
        public var blobStoreName: String
        /// The content must fit the name's ending.
        public var strictContentTypeValidation: Bool
        /// Whether a file may be replaced.
        public var writePolicy: WritePolicy
    }
    /// Cleanup.
    public struct Cleanup: Codable, Sendable, Hashable {
        /// The policies that apply.
        public var policyNames: [String]
    }
    /// What is special of raw repositories.
    public struct Raw: Codable, Sendable, Hashable {
        /// "INLINE" or "ATTACHMENT".
        public var contentDisposition: String?
    }
    /// Its name.
    public var name: String
    /// It answers.
    public var online: Bool
    /// Storage.
    public var storage: Storage
    /// Cleanup; nil for none.
    public var cleanup: Cleanup?
    /// What is special of raw repositories.
    public var raw: Raw?

    /// A repository in the blob store "default".
    public init(name: String, writePolicy: WritePolicy = .allowOnce, online: Bool = true) {
        self.name = name
        self.online = online
        storage = Storage(blobStoreName: "default", strictContentTypeValidation: false, writePolicy: writePolicy)
        raw = Raw(contentDisposition: "ATTACHMENT")
    }
}

/// A file of a repository (AssetXO); values that nante does not use are left out.
public struct NexusAsset: Codable, Sendable, Hashable {
    /// Opaque identity.
    public var id: String
    /// The repository's name.
    public var repository: String
    /// Such as "raw".
    public var format: String
    /// Path with or without a leading slash, as the server has it: servers before about 3.70 leave it out.
    public var path: String
    /// Where its content is.
    public var downloadUrl: String?
    /// Digests by algorithm: "sha1", "md5", "sha256", "sha512"; not every server has every one.
    public var checksum: [String: String]
    /// Media type.
    public var contentType: String?
    /// Length in bytes; absent on older servers.
    public var fileSize: Int64?
    /// When it was written, ISO 8601.
    public var lastModified: String?
    /// Who wrote it.
    public var uploader: String?

    /// The path with its leading slash.
    public var fullPath: String { path.hasPrefix("/") ? path : "/" + path }
}

/// A page of a list (PageAssetXO).
struct NexusPage<Item: Codable & Sendable>: Codable, Sendable {
    var items: [Item]
    var continuationToken: String?
}

/// What was refused of a request's fields: the body of an answer 400.
struct NexusValidation: Codable, Sendable {
    var id: String
    var message: String
}

/// What a server says of itself.
public struct NexusStatus: Codable, Sendable, Hashable {
    /// The `Server` header field, such as "Nexus/3.94.0-12 (OSS)"; nil when it has none.
    public var server: String?
    /// It serves requests.
    public var available: Bool
    /// It takes changes.
    public var writable: Bool
}

/// What an operation changed.
public enum NexusChange: String, Codable, Sendable, Hashable {
    /// It was not there.
    case created
    /// It was there and is different now.
    case updated
    /// It was there as wanted.
    case unchanged
    /// It is gone.
    case deleted
    /// It was not there to delete.
    case absent
}
