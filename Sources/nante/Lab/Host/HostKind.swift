import ArgumentParser

/// How a host of the lab is made.
enum HostKind: String, ExpressibleByArgument, CaseIterable, Sendable {
    case lxc, vm
}
