import Core

/// What a host says of itself: one short script, one login.
public struct HostProbe: Sendable, Hashable {
    /// The fingerprint that the last whole provisioning left; nil where there was none.
    public var fingerprint: String?
    /// Digests of the files that it wrote, as they are now; "missing" where one is gone.
    public var digests: [String: String] = [:]
    /// nginx runs.
    public var hasNginx = false
    /// Apps of which a release serves.
    public var serving: Set<String> = []

    /// A host that was never provisioned.
    public init() {}

    /// The script, for `sh -s` as root.
    static let script = """
        record=\(ProvisionScript.record)
        if [ -r "$record" ]; then
            head -n 1 "$record"
            tail -n +2 "$record" | while IFS= read -r path; do
                [ -e "$path" ] || { echo "file missing $path"; continue; }
                [ "$(stat -c %u "$path")" = 0 ] || echo "file foreign $path"
            done
            tail -n +2 "$record" | xargs -d '\\n' sha256sum -- 2>/dev/null | sed 's/^/file /'
        fi
        systemctl is-active --quiet nginx && echo "nginx active"
        for path in /etc/nante/apps/*.conf; do
            name=${path##*/}
            name=${name%.conf}
            [ ! -L "/opt/$name/sock/current" ] || echo "serving $name"
        done
        echo end

        """

    /// Reads what the script printed; nil when it was cut off.
    static func parse(_ lines: [String]) -> HostProbe? {
        guard lines.last == "end" else { return nil }
        var probe = HostProbe()
        for line in lines {
            let words = line.split(separator: " ").map(String.init)
            switch words.first {
            case "nante" where words.count == 3 && words[1] == "1": probe.fingerprint = words[2]
            case "file" where words.count == 3:
                if probe.digests[words[2]] == nil || words[1] == "foreign" { probe.digests[words[2]] = words[1] }
            case "nginx": probe.hasNginx = true
            case "serving" where words.count == 2: probe.serving.insert(words[1])
            default: break
            }
        }
        return probe
    }

    /// What differs from a configuration, in words; empty when nothing does.
    func differences(from configuration: HostConfiguration) -> [String] {
        guard let fingerprint else { return ["never configured"] }
        var lines: [String] = []
        let wanted = configuration.digests
        for file in configuration.files {
            switch digests[file.path] {
            case wanted[file.path]: break
            case nil: lines.append("+ \(file.path)")
            case "missing": lines.append("+ \(file.path) (was removed by hand)")
            default: lines.append("~ \(file.path)")
            }
        }
        for path in digests.keys.sorted() where wanted[path] == nil && digests[path] != "missing" {
            lines.append("- \(path)")
        }
        if !hasNginx { lines.append("nginx does not run") }
        if lines.isEmpty, fingerprint != configuration.fingerprint { lines.append("users or packages") }
        return lines
    }
}
