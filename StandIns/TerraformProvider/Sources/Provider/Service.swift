import Foundation
import GRPCCore
import Guests
import Planning
import Values
import Wire

/// Answers Terraform's calls.
///
/// https://developer.hashicorp.com/terraform/plugin/terraform-plugin-protocol
package struct Service: Tfplugin6_Provider.SimpleServiceProtocol {
    let catalogue: Catalogue
    let session: Session

    package init(catalogue: Catalogue, session: Session) {
        self.catalogue = catalogue
        self.session = session
    }

    // MARK: schema and configuration

    package func getProviderSchema(
        request: Tfplugin6_SchemaRequest, context: ServerContext
    ) async throws -> Tfplugin6_SchemaResponse {
        .with {
            $0.provider = .with { $0.block = .init(catalogue.provider) }
            $0.resourceSchemas = catalogue.resources.mapValues(Tfplugin6_Schema.init)
            $0.dataSourceSchemas = catalogue.dataSources.mapValues(Tfplugin6_Schema.init)
            $0.serverCapabilities = .with {
                $0.planDestroy = true
                $0.getProviderSchemaOptional = true
            }
        }
    }

    package func validateProviderConfig(
        request: Tfplugin6_ProviderConfigRequest, context: ServerContext
    ) async throws -> Tfplugin6_ProviderConfigResponse {
        let problems = Problem.found {
            Validator.problems(catalogue.provider, try request.config.value(catalogue.provider.type))
        }
        return .with { $0.diagnostics = problems.map(Tfplugin6_Diagnostic.init) }
    }

    package func configureProvider(
        request: Tfplugin6_ConfigureRequest, context: ServerContext
    ) async throws -> Tfplugin6_ConfigureResponse {
        do {
            await session.configure(try request.config.value(catalogue.provider.type))
            return .init()
        } catch {
            return .with { $0.diagnostics = [.init(Problem(failure: error))] }
        }
    }

    package func validateResourceConfig(
        request: Tfplugin6_ValidateRequest, context: ServerContext
    ) async throws -> Tfplugin6_ValidateResponse {
        validated(request, catalogue.resources)
    }

    package func validateDataResourceConfig(
        request: Tfplugin6_ValidateRequest, context: ServerContext
    ) async throws -> Tfplugin6_ValidateResponse {
        validated(request, catalogue.dataSources)
    }

    private func validated(
        _ request: Tfplugin6_ValidateRequest, _ schemas: [String: Schema]
    ) -> Tfplugin6_ValidateResponse {
        let problems = Problem.found {
            let schema = try schemas.named(request.typeName)
            return Validator.problems(schema.block, try request.config.value(schema.block.type))
        }
        return .with { $0.diagnostics = problems.map(Tfplugin6_Diagnostic.init) }
    }

    package func stopProvider(
        request: Tfplugin6_StopRequest, context: ServerContext
    ) async throws -> Tfplugin6_StopResponse {
        session.end()
        return .init()
    }
}

/// The call with which go-plugin says that it closes its connection: this server goes on.
package struct Controller: Plugin_GRPCController.SimpleServiceProtocol {
    package init() {}

    package func shutdown(request: Plugin_Empty, context: ServerContext) async throws -> Plugin_Empty { .init() }
}
