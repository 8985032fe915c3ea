import Foundation

/// The folder of the lab's data.
public enum NanteHome {
    /// `NANTE_HOME`, else `/var/lib/nante` as root, else `~/.local/share/nante`.
    public static func path(_ context: Context) -> String {
        if let home = context.environment["NANTE_HOME"], home.hasPrefix("/") { return home }
        if let home = context.environment["NANTE_HOME"], !home.isEmpty { return context.path(home) }
        if getuid() == 0 { return "/var/lib/nante" }
        return (context.environment["HOME"] ?? "/").appending(path: ".local/share/nante")
    }
}
