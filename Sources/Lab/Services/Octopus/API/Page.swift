import Core

/// One page of a collection and the links by which clients find the others.
struct Page: Sendable {
    /// How many items are left out before it.
    let skip: Int
    /// How many items it holds at most.
    let take: Int

    /// The page that a call asks for; 30 items unless it says otherwise.
    init(_ call: OctopusCall) throws {
        func number(_ name: String, _ standard: Int) throws -> Int {
            guard let text = call.query(name) else { return standard }
            guard let value = Int(text), value >= 0 else {
                throw OctopusFault.invalid("The query parameter '\(name)' must be a number of at least 0.")
            }
            return min(value, Int(Int32.max))
        }
        skip = try number("skip", 0)
        let wanted = try number("take", 30)
        take = wanted == 0 ? 30 : wanted
    }

    /// The items of the page.
    func slice<Item>(_ items: [Item]) -> [Item] { Array(items.dropFirst(skip).prefix(take)) }

    /// The envelope of a page.
    ///
    /// - Parameters:
    ///   - items: those of this page only.
    ///   - path: the collection's path, without a query.
    ///   - template: names of the query parameters that the collection knows, beside skip and take.
    func envelope(
        _ items: [JSONValue], total: Int, itemType: String, path: String, template: [String] = []
    ) -> JSONValue {
        let pages = max(1, (total + take - 1) / take)
        func link(_ skip: Int, _ take: Int) -> JSONValue { .string("\(path)?skip=\(skip)&take=\(take)") }
        let names = (["skip", "take"] + template).joined(separator: ",")
        var links: JSONValue = [
            "Self": link(skip, take),
            "Template": .string("\(path){?\(names)}"),
            "Page.All": link(0, Int(Int32.max)),
            "Page.Current": link(skip, take),
            "Page.Last": link((pages - 1) * take, take),
        ]
        if skip + take < total { links.set("Page.Next", link(skip + take, take)) }
        if skip > 0 { links.set("Page.Previous", link(max(0, skip - take), take)) }
        return [
            "ItemType": .string(itemType),
            "TotalResults": .number(Double(total)),
            "ItemsPerPage": .number(Double(take)),
            "NumberOfPages": .number(Double(pages)),
            "LastPageNumber": .number(Double(pages - 1)),
            "Items": .array(items),
            "Links": links,
        ]
    }
}
