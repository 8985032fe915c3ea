/// The services that the lab serves.
public enum LabServices {
    /// In the order in which they start and are shown.
    public static let all: [any LabService.Type] = [
        OctopusService.self, NexusService.self, ProxmoxService.self, StateService.self,
    ]
}
