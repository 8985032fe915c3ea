import Core
import Foundation
import Synchronization
import Testing

@testable import Terraform

/// The real terraform over a configuration that needs no provider.
@Suite(.enabled(if: SystemProcessRunner(environment: ProcessInfo.processInfo.environment).find("terraform") != nil))
struct TerraformStackTests {
    private static let program = TerraformProgram(files: [
        .init(
            path: "main.tf",
            text: """
                variable "word" {
                  type = string
                  validation {
                    condition     = var.word != "bad"
                    error_message = "word must not be bad."
                  }
                }
                variable "seconds" {
                  type    = number
                  default = 0
                }
                resource "terraform_data" "one" { input = var.word }
                resource "terraform_data" "slow" {
                  triggers_replace = [var.word]
                  provisioner "local-exec" { command = "sleep ${var.seconds}" }
                }
                output "word" { value = terraform_data.one.output }
                """)
    ])

    private final class Heard: Sendable {
        let events = Mutex<[TerraformEvent]>([])
        @Sendable func take(_ event: TerraformEvent) { events.withLock { $0.append(event) } }
        var said: [String] {
            events.withLock { $0.compactMap { if case .said(let text) = $0 { text } else { nil } } }
        }
        func has(_ match: (TerraformEvent) -> Bool) -> Bool { events.withLock { $0.contains(where: match) } }
    }

    private func stack(
        _ context: Context, _ heard: Heard = Heard(), word: String = "x", seconds: Int = 0, patience: Int = 1
    ) throws -> TerraformStack {
        try TerraformStack(
            name: "web", repository: context.workingDirectory,
            variables: ["word": .string(word), "seconds": .number(Double(seconds))],
            endpoints: TerraformEndpoints(proxmox: nil, state: nil), providers: .builtIn, program: Self.program,
            lockTimeout: .seconds(patience), context: context, report: heard.take)
    }

    @Test func planApplyNoChangeDestroy() async throws {
        try await withFolder { context in
            var plan = try await stack(context).plan()
            #expect(plan.summary == "2 to make")
            do {
                let one = try stack(context)
                let outputs = try await one.apply(try await one.plan())
                #expect(outputs["word"] == "x")
            }
            let heard = Heard()
            plan = try await stack(context, heard).plan()
            #expect(plan.isEmpty && !plan.isApplicable)
            #expect(!heard.has { if case .message(let text) = $0 { text.contains("nitializing") } else { false } })
            #expect(try await stack(context).state().addresses == ["terraform_data.one", "terraform_data.slow"])
            let last = try stack(context)
            plan = try await last.plan(destroy: true)
            #expect(plan.destructive.count == 2)
            try await last.apply(plan)
            #expect(try await last.state().resources.isEmpty)
            #expect(try context.files.mode(last.path("journal.jsonl")) & 0o077 == 0)
            #expect(try context.files.mode(last.path("nante.auto.tfvars.json")) == 0o600)
        }
    }

    @Test func aRefusedValueChangesNothing() async throws {
        try await withFolder { context in
            let failure = await #expect(throws: Failure.self) { try await stack(context, word: "bad").plan() }
            #expect(failure?.exit == .usage)
            #expect(failure?.description.contains("word must not be bad.") == true)
        }
    }

    @Test func whatWasKilledIsTakenUp() async throws {
        try await withFolder { context in
            do {
                let heard = Heard()
                let first = try stack(context, heard, seconds: 30)
                let plan = try await first.plan()
                let work = Task { try await first.apply(plan) }
                try await slowWork(heard, context)
                let pid = try #require(Int32(try context.files.readText(first.path("terraform.pid")).trimmed))
                kill(pid, SIGKILL)
                let failure = await #expect(throws: Failure.self) { try await work.value }
                #expect(failure?.description.contains("signal 9") == true)
                first.letGo()
            }
            let heard = Heard()
            let second = try stack(context, heard, seconds: 0)
            let outputs = try await second.apply(try await second.plan())
            #expect(outputs["word"] == "x")
            #expect(heard.said.contains { $0.hasPrefix("taking up apply of web") })
            #expect(try await second.plan().isEmpty)
        }
    }

    @Test func oneOfTwoAtOnceIsTold() async throws {
        try await withFolder { context in
            let first = try stack(context)
            let plan = try await first.plan()
            let failure = await #expect(throws: Failure.self) { try await stack(context).plan() }
            #expect(failure?.exit == .held)
            #expect(failure?.description.contains("pid") == true)
            try await first.apply(plan)
        }
    }

    @Test func anInterruptLetsItComeToAnEnd() async throws {
        try await withFolder { context in
            let heard = Heard()
            do {
                let first = try stack(context, heard, seconds: 30)
                let plan = try await first.plan()
                let work = Task { try await first.apply(plan) }
                try await slowWork(heard, context)
                work.cancel()
                await #expect(throws: CancellationError.self) { try await work.value }
            }
            // The state was written: the first resource is known, the slow one is to be made anew.
            let state = try await stack(context).state()
            #expect(state.addresses.contains("terraform_data.one"))
            #expect(state.resources.contains { $0.isTainted })
        }
    }

    private func slowWork(_ heard: Heard, _ context: Context) async throws {
        let _: Bool = try await Wait.until("terraform to work", within: .seconds(20), context: context) {
            heard.has { if case .started("terraform_data.slow", _, _) = $0 { true } else { false } } ? true : nil
        }
    }

    private func withFolder(_ body: (Context) async throws -> Void) async throws {
        let folder = "/tmp/nante-tf-\(SystemRandom().hex(bytes: 6))"
        try DiskFileSystem().makeDirectory(folder)
        defer { try? DiskFileSystem().remove(folder) }
        let environment = ProcessInfo.processInfo.environment.filter { ["PATH", "HOME"].contains($0.key) }
        let mask = Mask()
        try await body(
            Context(
                environment: environment, workingDirectory: folder, files: DiskFileSystem(),
                processes: SystemProcessRunner(environment: environment), http: NetworkHTTPSender(),
                time: SystemTime(), random: SystemRandom(), terminal: MemoryTerminal(mask: mask), mask: mask))
    }
}
