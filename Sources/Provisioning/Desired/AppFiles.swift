import Core

/// The files of an app on a host that runs it.
enum AppFiles {
    /// First line of files that nante owns.
    static let header = "# Written by nante apply; a change by hand is undone by the next one.\n"

    static func all(_ app: Manifest.App, isFirst: Bool) -> [HostFile] {
        [
            HostFile("/etc/nante/apps/\(app.name).conf", kind: .plain, text: header + configuration(app)),
            HostFile("/etc/systemd/system/\(app.name)@.service", kind: .unit, text: header + unit(app)),
            HostFile(
                "/etc/tmpfiles.d/nante-\(app.name).conf", kind: .tmpfiles,
                text: header + "d /run/\(app.name) 0750 \(app.name) www-data -\n"),
            HostFile(
                "/etc/nginx/conf.d/nante-\(app.name).conf", kind: .nginx,
                text: header + NginxFiles.host(app, isDefault: isFirst)),
        ]
    }

    /// What nante-slot reads; seconds with at most three decimals.
    static func configuration(_ app: Manifest.App) -> String {
        """
        APP=\(app.name)
        HEALTH_PATH=\(app.health.path)
        VERSION_PATH=/version
        WITHIN=\(seconds(app.health.within))
        BAKE=\(seconds(app.bake))
        KEEP=3
        DRAIN=\(seconds(app.drain))

        """
    }

    /// The unit of both slots; the app has the time of its drain and some more to end by itself.
    static func unit(_ app: Manifest.App) -> String {
        let name = app.name
        return """
            [Unit]
            Description=\(name), slot %i
            After=network.target
            StartLimitIntervalSec=0

            [Service]
            Type=exec
            User=\(name)
            Group=www-data
            UMask=0007
            WorkingDirectory=/opt/\(name)/slots/%i
            Environment=SOCKET=/run/\(name)/%i.sock
            EnvironmentFile=-/opt/\(name)/slots/%i/app.env
            ExecStart=/opt/\(name)/slots/%i/bin/\(name)
            Restart=on-failure
            RestartSec=100ms
            KillMode=mixed
            TimeoutStopSec=\(max(30, Int(app.drain.seconds.rounded(.up)) + 5))
            NoNewPrivileges=yes

            [Install]
            WantedBy=multi-user.target

            """
    }

    static func seconds(_ duration: Duration) -> String {
        let milliseconds = Int((duration.seconds * 1000).rounded())
        let part = milliseconds % 1000
        guard part != 0 else { return "\(milliseconds / 1000)" }
        let digits = String(1000 + part).dropFirst()
        return "\(milliseconds / 1000).\(digits)"
    }
}
