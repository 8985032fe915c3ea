/// The checks of what a call gives against what the called workflow takes; names in any case.
enum InputCheck {
    static func check(_ call: CallJob, _ trigger: CallTrigger, _ faults: inout Faults) {
        let given = Dictionary(call.with.map { (Fold.upper($0.key), $0.value) }, uniquingKeysWith: { $1 })
        for (name, input) in trigger.inputs {
            guard let value = given[Fold.upper(name)] else {
                if input.required {
                    faults.add(call.place, "Input \(name) is required, but not provided while calling.")
                }
                continue
            }
            if !TriggerConverter.fits(value, input.type) {
                faults.add(value.place, "Unexpected value '\(SchemaReader.text(value.kind))'")
            }
        }
        let inputs = Set(trigger.inputs.keys.map(Fold.upper))
        for (name, value) in call.with where !inputs.contains(Fold.upper(name)) {
            faults.add(value.place, "Invalid input, \(name) is not defined in the referenced workflow.")
        }
        guard case .named(let secrets) = call.secrets else { return }
        let passed = Set(secrets.keys.map(Fold.upper))
        for (name, secret) in trigger.secrets where secret.required && !passed.contains(Fold.upper(name)) {
            faults.add(call.place, "Secret \(name) is required, but not provided while calling.")
        }
        let declared = Set(trigger.secrets.keys.map(Fold.upper))
        for (name, value) in secrets where !declared.contains(Fold.upper(name)) {
            faults.add(value.place, "Invalid secret, \(name) is not defined in the referenced workflow.")
        }
    }
}
