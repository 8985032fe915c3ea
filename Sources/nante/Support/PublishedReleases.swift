import Building
import Core
import Nexus

extension GlobalOptions {
    /// The releases that Nexus records, for commands that only look; nil where none can be known.
    ///
    /// The lab is not started for a look: what never ran has no releases.
    func publishedReleases(_ context: Context, _ manifest: Manifest) -> Releases? {
        let settings = Platform.settings(context: context, manifest: manifest)
        do {
            guard Platform.wantsLab(settings, flag: lab) else {
                let platform = Platform(settings: settings, context: context)
                return Releases(try NexusStore(try platform.nexus(), context: context, isPatient: false))
            }
            guard let record = try LabRecord.load(context) else { return nil }
            return Releases(try NexusStore(record.nexus, context: context, isPatient: false))
        } catch {
            return nil
        }
    }
}
