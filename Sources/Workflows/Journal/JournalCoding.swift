import Core
import OrderedCollections

extension JournalEvent {
    /// The event's name in the journal.
    public var name: String {
        switch self {
        case .runStarted: "run.started"
        case .jobStarted: "job.started"
        case .stepStarted: "step.started"
        case .stepFinished: "step.finished"
        case .annotation: "annotation"
        case .jobFinished: "job.finished"
        case .cancelled: "cancelled"
        case .runFinished: "run.finished"
        case .other(let name, _): name
        }
    }

    /// The members of the event's line, beside version, number, time and name.
    public var json: JSONValue {
        switch self {
        case .runStarted(let run): return run.json
        case .jobStarted(let job):
            return ["job": .string(job.job), "name": .string(job.name), "matrix": job.matrix]
        case .stepStarted(let step): return step.json
        case .stepFinished(let step): return step.json
        case .annotation(let job, let step, let annotation):
            var value: JSONValue = ["job": .string(job)]
            value.set("step", step.map { .string($0) })
            for (name, member) in annotation.json.object ?? [:] { value.set(name, member) }
            return value
        case .jobFinished(let job): return job.json
        case .cancelled(let reason): return ["reason": .string(reason)]
        case .runFinished(let result, let milliseconds):
            return ["result": .string(result.rawValue), "ms": .number(Double(milliseconds))]
        case .other(_, let value): return value
        }
    }

    /// Reads an event; one that is not known, or not whole, is kept as it is.
    public init(name: String, json: JSONValue) {
        let fields = Fields(json)
        let event: JournalEvent? =
            switch name {
            case "run.started": RunHeader(fields).map(JournalEvent.runStarted)
            case "job.started": JobHeader(fields).map(JournalEvent.jobStarted)
            case "step.started": StepHeader(fields).map(JournalEvent.stepStarted)
            case "step.finished": StepRecord(fields).map(JournalEvent.stepFinished)
            case "job.finished": JobRecord(fields).map(JournalEvent.jobFinished)
            case "annotation":
                Annotation(json: json).map { .annotation(job: fields["job"] ?? "", step: fields["step"], $0) }
            case "cancelled": .cancelled(reason: fields["reason"] ?? "")
            case "run.finished":
                fields.conclusion("result").map { .runFinished(result: $0, milliseconds: fields.number("ms") ?? 0) }
            default: nil
            }
        self = event ?? .other(name, json)
    }
}

/// Typed looks at the members of a line.
struct Fields {
    let json: JSONValue
    init(_ json: JSONValue) { self.json = json }

    subscript(name: String) -> String? { json[name]?.string }
    func number(_ name: String) -> Int? { json[name]?.int }
    func conclusion(_ name: String) -> Conclusion? { self[name].flatMap(Conclusion.init) }

    func texts(_ name: String) -> [String] { json[name]?.array?.compactMap(\.string) ?? [] }

    func map(_ name: String) -> OrderedDictionary<String, String> {
        (json[name]?.object ?? [:]).compactMapValues(\.string)
    }
}

extension JSONValue {
    /// An object of texts.
    static func texts(_ values: OrderedDictionary<String, String>) -> JSONValue {
        .object(values.mapValues { .string($0) })
    }
}

extension RunHeader {
    var json: JSONValue {
        [
            "id": .string(id), "workflow": .string(workflow), "name": .string(name), "on": .string(event),
            "repository": .string(repository), "ref": .string(ref), "sha": .string(sha), "inputs": .texts(inputs),
            "secrets": .array(secrets.map { .string($0) }), "workspace": .string(workspace),
        ]
    }

    init?(_ fields: Fields) {
        guard let id = fields["id"], let workflow = fields["workflow"] else { return nil }
        self.init(
            id: id, workflow: workflow, name: fields["name"] ?? workflow, event: fields["on"] ?? "",
            repository: fields["repository"] ?? "", ref: fields["ref"] ?? "", sha: fields["sha"] ?? "",
            inputs: fields.map("inputs"), secrets: fields.texts("secrets"), workspace: fields["workspace"] ?? "commit")
    }
}

extension JobHeader {
    init?(_ fields: Fields) {
        guard let job = fields["job"] else { return nil }
        self.init(job: job, name: fields["name"] ?? job, matrix: fields.json["matrix"] ?? .null)
    }
}

extension StepHeader {
    var json: JSONValue {
        var value: JSONValue = ["job": .string(job), "step": .string(step)]
        value.set("id", id.map { .string($0) })
        value.set("name", .string(name))
        value.set("log", .string(log))
        return value
    }

    init?(_ fields: Fields) {
        guard let job = fields["job"], let step = fields["step"] else { return nil }
        self.init(job: job, step: step, id: fields["id"], name: fields["name"] ?? step, log: fields["log"] ?? "")
    }
}

extension StepRecord {
    var json: JSONValue {
        var value: JSONValue = ["job": .string(job), "step": .string(step)]
        value.set("id", id.map { .string($0) })
        value.set("name", .string(name))
        value.set("outcome", .string(outcome.rawValue))
        value.set("conclusion", .string(conclusion.rawValue))
        value.set("ms", .number(Double(milliseconds)))
        value.set("exit", exitCode.map { .number(Double($0)) })
        value.set("message", message.map { .string($0) })
        value.set("outputs", outputs.isEmpty ? nil : .texts(outputs))
        value.set("env", environment.isEmpty ? nil : .texts(environment))
        value.set("script", script.map { .string($0) })
        value.set("path", path.isEmpty ? nil : .array(path.map { .string($0) }))
        return value
    }

    init?(_ fields: Fields) {
        guard let job = fields["job"], let step = fields["step"], let outcome = fields.conclusion("outcome"),
            let conclusion = fields.conclusion("conclusion")
        else { return nil }
        self.init(
            job: job, step: step, id: fields["id"], name: fields["name"] ?? step, outcome: outcome,
            conclusion: conclusion, milliseconds: fields.number("ms") ?? 0, exitCode: fields.number("exit"),
            message: fields["message"])
        outputs = fields.map("outputs")
        environment = fields.map("env")
        path = fields.texts("path")
        script = fields["script"]
    }
}

extension JobRecord {
    var json: JSONValue {
        var value: JSONValue = [
            "job": .string(job), "name": .string(name), "result": .string(result.rawValue),
            "ms": .number(Double(milliseconds)),
        ]
        value.set("message", message.map { .string($0) })
        value.set("outputs", outputs.isEmpty ? nil : .texts(outputs))
        return value
    }

    init?(_ fields: Fields) {
        guard let job = fields["job"], let result = fields.conclusion("result") else { return nil }
        self.init(
            job: job, name: fields["name"] ?? job, result: result, milliseconds: fields.number("ms") ?? 0,
            message: fields["message"], outputs: fields.map("outputs"))
    }
}
