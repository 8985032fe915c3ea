import Core

extension RunReport {
    /// The report for programs.
    public var json: JSONValue {
        var value: JSONValue = [
            "id": .string(id), "result": result.map { .string($0.rawValue) } ?? .null, "started": .string(started),
            "ms": .number(Double(milliseconds)),
        ]
        for (name, member) in header?.json.object ?? [:] where name != "id" { value.set(name, member) }
        value.set("cancelled", cancelled.map { .string($0) })
        value.set("jobs", .array(jobs.values.map(\.json)))
        return value
    }

    /// How the run ended in one word: `unfinished` where its journal has no end.
    public var ending: String { result?.rawValue ?? "unfinished" }
}

extension RunReport.Job {
    var json: JSONValue {
        var value: JSONValue = [
            "job": .string(key), "name": .string(name), "result": result.map { .string($0.rawValue) } ?? .null,
            "ms": .number(Double(milliseconds)),
        ]
        value.set("message", message.map { .string($0) })
        value.set("outputs", outputs.isEmpty ? nil : .texts(outputs))
        value.set("annotations", annotations.isEmpty ? nil : .array(annotations.map(\.json)))
        value.set("steps", .array(steps.map { $0.value.json(number: $0.key) }))
        return value
    }
}

extension RunReport.Step {
    func json(number: String) -> JSONValue {
        guard let record else { return ["step": .string(number), "name": .string(name), "outcome": .null] }
        var value = record.json
        value.set("job", .null)
        if case .object(var members) = value {
            members["job"] = nil
            value = .object(members)
        }
        return value
    }
}
