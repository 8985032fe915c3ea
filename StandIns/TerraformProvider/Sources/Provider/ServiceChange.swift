import GRPCCore
import Guests
import Planning
import Values
import Wire

/// Calls that plan and make changes.
extension Service {
    package func planResourceChange(
        request: Tfplugin6_PlanRequest, context: ServerContext
    ) async throws -> Tfplugin6_PlanResponse {
        do {
            let schema = try catalogue.resources.named(request.typeName)
            let type = schema.block.type
            let prior = try request.priorState.value(type)
            let config = try request.config.value(type)
            var plan = Plan(planned: .null, replaced: [])
            if !config.isNull {
                plan = Planner.plan(schema, prior: prior, config: config)
                if !prior.isNull, let driver = Drivers.resource(schema.canonical) {
                    let replaced = driver.replaced(note: Array(request.priorPrivate))
                    for path in replaced { plan.planned = plan.planned.unknown(at: path) }
                    plan.replaced += replaced
                }
            }
            return try .with {
                $0.plannedState = try .init(plan.planned, type)
                $0.requiresReplace = plan.replaced.map(Tfplugin6_AttributePath.init)
                $0.plannedPrivate = request.priorPrivate
                $0.legacyTypeSystem = schema.isLegacy
            }
        } catch {
            return .with { $0.diagnostics = [.init(Problem(failure: error))] }
        }
    }

    package func applyResourceChange(
        request: Tfplugin6_ApplyRequest, context: ServerContext
    ) async throws -> Tfplugin6_ApplyResponse {
        do {
            let (schema, driver) = try driven(request.typeName)
            let type = schema.block.type
            let prior = try request.priorState.value(type)
            let planned = try request.plannedState.value(type)
            let outcome = await outcome(driver, prior, planned)
            return try .with {
                $0.newState = try .init(outcome.state, type)
                $0.private = request.plannedPrivate
                $0.legacyTypeSystem = schema.isLegacy
                $0.diagnostics = outcome.problems.map(Tfplugin6_Diagnostic.init)
            }
        } catch {
            return .with {
                $0.newState = request.priorState
                $0.diagnostics = [.init(Problem(failure: error))]
            }
        }
    }

    /// The state after a change, and what went wrong: a resource made in part is kept, a failed change keeps the old.
    private func outcome(
        _ driver: any Driver, _ prior: Value, _ planned: Value
    ) async -> (state: Value, problems: [Problem]) {
        do {
            let server = try await session.server()
            let state = try await session.run {
                if planned.isNull {
                    try await driver.delete(prior, on: server)
                    return Value.null
                }
                if prior.isNull { return try await driver.create(planned, on: server) }
                return try await driver.update(prior, to: planned, on: server)
            }
            return (state, [])
        } catch let unfinished as Unfinished {
            return (unfinished.state.withoutUnknowns, [unfinished.problem])
        } catch {
            return (prior, [Problem(failure: error)])
        }
    }
}

extension Value {
    /// The value with one member of its top level not known.
    fileprivate func unknown(at path: Path) -> Value {
        guard case .member(let name)? = path.steps.first else { return self }
        var value = self
        value[name] = .unknown
        return value
    }
}
