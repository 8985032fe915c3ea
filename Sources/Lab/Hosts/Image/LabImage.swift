import Core

/// The base image of this machine's hosts, for those who want it before the first host.
public enum LabImage {
    /// Makes the image where it is missing.
    ///
    /// - Returns: the folder of the image.
    /// - Throws: a failure with exit `missing` that names what this machine lacks.
    public static func ensure(
        _ context: Context, tell: @escaping @Sendable (String) -> Void
    ) async throws -> String {
        let needs = LXCNeeds(context: context)
        try needs.check()
        try needs.ensureRange()
        let images = ImageStore(folder: ImageStore.path(home: LabHome(context), context), context: context)
        return images.root(try await images.ensure(try ContainerImage.current(context), tell)).parentPath
    }
}
