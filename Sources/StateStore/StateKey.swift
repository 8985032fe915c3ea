/// Where the `s3` backend keeps the state of a workspace.
public enum StateKey {
    /// The object of a workspace: `env:/NAME/terraform.tfstate`, for the default one without a prefix.
    ///
    /// Source: backend "s3" of Terraform, `workspace_key_prefix` left as it is.
    public static func object(workspace: String) -> String {
        workspace == "default" ? "terraform.tfstate" : "env:/\(workspace)/terraform.tfstate"
    }
    /// The object that is there while somebody holds the state's lock (`use_lockfile`).
    public static func lock(workspace: String) -> String { object(workspace: workspace) + ".tflock" }

    /// The workspace whose state an object holds; nil for every other object.
    public static func workspace(object key: String) -> String? {
        if key == object(workspace: "default") { return "default" }
        let (start, end) = ("env:/", "/terraform.tfstate")
        guard key.hasPrefix(start), key.hasSuffix(end), key.utf8.count > start.utf8.count + end.utf8.count else {
            return nil
        }
        return String(key.dropFirst(start.count).dropLast(end.count))
    }
}
