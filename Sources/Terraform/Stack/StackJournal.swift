import Core
import Foundation

/// What terraform was asked to do in a folder, written down before and after each step.
///
/// It tells what was cut off, and by that whether a lock or a half-made machine may be taken up.
struct StackJournal: Sendable {
    let path: String
    let context: Context

    /// A machine that a step was about to make.
    struct Machine: Sendable, Hashable {
        var address: String
        var node: String
        var id: Int
        var name: String
        /// The id by which it is imported.
        var importID: String { "\(node)/\(id)" }
    }

    /// A step that began and did not end.
    struct CutOff: Sendable, Hashable {
        var step: String
        var began: Date
        var pid: Int32
        var machines: [Machine]
    }

    func note(_ event: String, _ step: String, details: JSONValue = .null) throws {
        var line: [(String, JSONValue)] = [
            ("event", .string(event)), ("step", .string(step)), ("time", .string(context.time.now().iso8601)),
            ("pid", .number(Double(getpid()))),
        ]
        if details != .null { line.append(("machines", details)) }
        let value = JSONValue.object(.init(uniqueKeysWithValues: line))
        let text = value.text() + "\n"
        // A journal that only tells of things long done starts anew.
        let old = try? context.files.read(path).count
        let isFresh = try old == nil || (event == "begin" && (old ?? 0) > 200_000 && cutOff() == nil)
        if isFresh {
            try context.files.write(text, to: path, mode: 0o600)
        } else {
            try context.files.append(Data(text.utf8), to: path)
        }
    }

    /// The last step where it began and did not end; nil where it ended.
    func cutOff() throws -> CutOff? {
        guard context.files.exists(path) else { return nil }
        var open: CutOff?
        for line in try context.files.readText(path).split(separator: "\n") {
            // The last line of a killed run may be half a line.
            guard let value = try? JSONValue.parse(String(line)), let step = value["step"]?.string else { continue }
            switch value["event"]?.string {
            case "begin":
                let earlier = open?.machines ?? []
                open = CutOff(
                    step: step, began: value["time"]?.string.flatMap { Date(iso8601: $0) } ?? .distantPast,
                    pid: Int32(value["pid"]?.int ?? 0), machines: earlier + StackJournal.machines(value["machines"]))
            // What was killed stays open until it is taken up, as what the server may have done unheard.
            case "killed", "in-doubt": break
            default: open = nil
            }
        }
        return open
    }

    /// The step before the one that goes on now, where it was cut off; what was taken up since counts as well.
    func lastCut() throws -> CutOff? {
        guard context.files.exists(path) else { return nil }
        var last: CutOff?
        var open: CutOff?
        for line in try context.files.readText(path).split(separator: "\n") {
            guard let value = try? JSONValue.parse(String(line)), let step = value["step"]?.string else { continue }
            switch value["event"]?.string {
            case "begin":
                if let open { last = open }
                open = CutOff(
                    step: step, began: value["time"]?.string.flatMap { Date(iso8601: $0) } ?? .distantPast,
                    pid: Int32(value["pid"]?.int ?? 0), machines: [])
            case "killed": (last, open) = (open ?? last, nil)
            case "taken-up": break
            default: (last, open) = (nil, nil)
            }
        }
        return last
    }

    /// The machines that a plan makes and whose place is known beforehand.
    static func machines(of plan: TerraformPlan) -> JSONValue {
        .array(
            plan.resources.filter { $0.isMachine && ($0.action == .create || $0.action == .replace) }.map { change in
                [
                    "address": .string(change.address), "node": change.after["node_name"] ?? .null,
                    "id": change.after["vm_id"] ?? .null, "name": .string(change.machineName ?? ""),
                ]
            })
    }

    private static func machines(_ value: JSONValue?) -> [Machine] {
        (value?.array ?? []).compactMap { item in
            guard let address = item["address"]?.string, let node = item["node"]?.string, let id = item["id"]?.int
            else { return nil }
            return Machine(address: address, node: node, id: id, name: item["name"]?.string ?? "")
        }
    }
}
