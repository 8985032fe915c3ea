import Core

/// The base image of this machine's hosts, for those who want it before the first host.
public enum LabImage {
    /// Makes the image where it is missing.
    ///
    /// - Parameter kind: "lxc" or "vm".
    /// - Returns: the folder of the image.
    /// - Throws: a failure with exit `missing` that names what this machine lacks.
    public static func ensure(
        _ context: Context, kind: String = "lxc", tell: @escaping @Sendable (String) -> Void
    ) async throws -> String {
        let images = ImageStore(folder: ImageStore.path(home: LabHome(context), context), context: context)
        let recipe: any ImageRecipe
        if kind == "vm" {
            try QEMUNeeds(context: context).check(try QEMUAccelerator.current(context))
            recipe = try MachineImage.current(context)
        } else {
            let needs = LXCNeeds(context: context)
            try needs.check()
            try needs.ensureRange()
            recipe = try ContainerImage.current(context)
        }
        return images.folder.appending(path: try await images.ensure(recipe, tell))
    }
}
