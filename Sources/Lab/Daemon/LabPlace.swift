import Core

extension LabHome {
    /// The lab's folder as the environment tells (`NANTE_HOME`).
    public init(_ context: Context) { self.init(path: NanteHome.path(context)) }
}

extension LabNetwork {
    /// The lab's network as the environment tells (`NANTE_BRIDGE`, `NANTE_SUBNET`).
    ///
    /// - Throws: a failure with exit `usage` for a name or subnet that is not usable.
    public init(_ context: Context) throws {
        func value(_ name: String) -> String? {
            guard let text = context.environment[name], !text.isEmpty else { return nil }
            return text
        }
        try self.init(
            bridge: value("NANTE_BRIDGE") ?? "nante0", subnet: value("NANTE_SUBNET") ?? "10.87.0.0/24")
    }
}
