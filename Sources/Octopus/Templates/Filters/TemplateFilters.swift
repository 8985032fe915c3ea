import Core

/// The filters of the `#{}` language by their names, which ignore case.
///
/// A filter gives nil where it can't work: unknown name, wrong options, no input; the token is then echoed.
enum TemplateFilters {
    typealias Filter = @Sendable (_ input: String?, _ options: [String]) -> String?

    /// Applies a filter.
    static func apply(_ name: String, _ input: String?, _ options: [String], time: any TimeSource) -> String? {
        switch name.lowercased() {
        case "nowdate", "nowdateutc":
            return DateFilters.now(input, options, isUTC: name.lowercased() == "nowdateutc", time: time)
        case let key: return all[key]?(input, options)
        }
    }

    /// Every filter that needs nothing but its input and options.
    static let all: [String: Filter] = [
        "tolower": plain { $0.lowercased() }, "toupper": plain { $0.uppercased() },
        "tobase64": TextFilters.toBase64, "frombase64": TextFilters.fromBase64,
        "append": { TextFilters.append($0, $1) }, "prepend": { TextFilters.prepend($0, $1) },
        "substring": TextFilters.substring, "truncate": TextFilters.truncate, "trim": TextFilters.trim,
        "indent": TextFilters.indent, "replace": TextFilters.replace, "match": TextFilters.match,
        "startswith": TextFilters.compare { $0.hasPrefix(utf16: $1) },
        "endswith": TextFilters.compare { $0.hasSuffix(utf16: $1) },
        "contains": TextFilters.compare { $1.isEmpty || $0.contains($1) },
        "htmlescape": plain(EscapeFilters.html), "xmlescape": plain(EscapeFilters.xml),
        "jsonescape": plain(EscapeFilters.json), "uriescape": plain(EscapeFilters.uri),
        "uridataescape": plain(EscapeFilters.uriData),
        "yamlsinglequoteescape": plain(EscapeFilters.yamlSingleQuote),
        "yamldoublequoteescape": plain(EscapeFilters.yamlDoubleQuote),
        "propertieskeyescape": plain(EscapeFilters.propertiesKey),
        "propertiesvalueescape": plain(EscapeFilters.propertiesValue),
        "markdown": plain(MarkdownFilter.html), "markdowntohtml": plain(MarkdownFilter.html),
        "format": FormatFilter.format, "addhours": DateFilters.add(seconds: 3600),
        "adddays": DateFilters.add(seconds: 86400), "uripart": URIPartFilter.part,
        "versionmajor": version { String($0.major) }, "versionminor": version { String($0.minor) },
        "versionpatch": version { String($0.patch) }, "versionrevision": version { String($0.revision) },
        "versionprerelease": version(\.prerelease), "versionprereleaseprefix": version(\.prereleasePrefix),
        "versionprereleasecounter": version(\.prereleaseCounter), "versionmetadata": version(\.metadata),
        "md5": HashFilters.filter(.md5), "sha1": HashFilters.filter(.sha1), "sha256": HashFilters.filter(.sha256),
        "sha384": HashFilters.filter(.sha384), "sha512": HashFilters.filter(.sha512),
    ]

    /// A filter that takes no option.
    private static func plain(_ change: @escaping @Sendable (String) -> String) -> Filter {
        { input, options in options.isEmpty ? input.map(change) : nil }
    }

    private static func version(_ part: @escaping @Sendable (OctopusVersion) -> String) -> Filter {
        { input, _ in input.flatMap { OctopusVersion($0) }.map(part) }
    }
}
