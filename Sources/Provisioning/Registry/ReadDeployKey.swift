import Core

extension DeployKey {
    /// Reads the key that deployments log in with; the mask hides it from now on.
    ///
    /// - Parameter publicKey: the line of its public part.
    /// - Throws: a failure with exit `missing` when the file is not there.
    public static func read(
        _ file: String, publicKey: String, user: String, context: Context
    ) async throws -> DeployKey {
        guard context.files.exists(file) else {
            throw Failure(.missing, "the SSH key \(file) is not there", next: ["SSH_PRIVATE_KEY_FILE=…"])
        }
        let text = try context.files.readText(file)
        context.mask.add(text)
        return DeployKey(
            user: user, privateKey: text, publicKey: publicKey,
            fingerprint: Provisioner.fingerprint(ofKey: publicKey) ?? "")
    }
}
