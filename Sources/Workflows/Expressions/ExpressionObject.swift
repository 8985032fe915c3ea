/// An object; member names are found without regard to case unless it was made otherwise.
///
/// Two objects are equal to `==` only if they are the same instance.
public final class ExpressionObject: Sendable {
    /// One member of an object.
    public struct Member: Sendable {
        /// The name as it was written.
        public let key: String
        let folded: String
        /// The member's value.
        public let value: ExpressionValue
    }

    /// The members in order.
    public let members: [Member]
    /// Names are found exactly as written, as in the `env` context on Linux.
    public let isCaseSensitive: Bool
    private let places: [String: Int]?

    /// More members than this are found by hash; fewer are compared one by one, which is faster.
    private static let scanLimit = 8

    /// An object of the members; of two equal names the later one's value stands in the first one's place.
    public init(_ members: [(String, ExpressionValue)], caseSensitive: Bool = false) {
        var list: [Member] = []
        list.reserveCapacity(members.count)
        var places: [String: Int] = [:]
        for (key, value) in members {
            let folded = caseSensitive ? key : Fold.upper(key)
            let member = Member(key: key, folded: folded, value: value)
            if let place = places[folded] {
                list[place] = member
            } else {
                places[folded] = list.count
                list.append(member)
            }
        }
        self.members = list
        self.places = list.count > Self.scanLimit ? places : nil
        isCaseSensitive = caseSensitive
    }

    /// The value of a member; nil where there is none.
    public subscript(name: String) -> ExpressionValue? {
        value(exact: name, folded: isCaseSensitive ? name : Fold.upper(name))
    }

    /// The value of a member whose name was folded before.
    @inline(__always)
    func value(exact: String, folded: String) -> ExpressionValue? {
        let wanted = isCaseSensitive ? exact : folded
        if let places {
            guard let place = places[wanted] else { return nil }
            return members[place].value
        }
        for member in members where member.folded == wanted { return member.value }
        return nil
    }
}
