import Core
import Foundation

/// A page of a collection.
public struct Page<Item: WireModel>: WireModel {
    /// What the items are, such as Project.
    public var itemType: String = ""
    /// How many there are in all.
    public var totalResults: Int = 0
    /// The size of a page.
    public var itemsPerPage: Int = 30
    /// How many pages there are.
    public var numberOfPages: Int = 1
    /// The last page, from 0.
    public var lastPageNumber: Int = 0
    /// The items of this page.
    public var items: [Item] = []
    /// Page.Next and its kin; Page.Next is absent on the last page.
    public var links: [String: String] = [:]

    /// The fields in the order they are written.
    public static var fields: [WireField<Page>] {
        [
            .init("ItemType", \.itemType), .init("TotalResults", \.totalResults),
            .init("ItemsPerPage", \.itemsPerPage), .init("NumberOfPages", \.numberOfPages),
            .init("LastPageNumber", \.lastPageNumber), .init("Items", \.items), .init("Links", \.links),
        ]
    }

    /// An empty page.
    public init() {}

    /// The page of a whole collection that a request asked for.
    ///
    /// - Parameters:
    ///   - all: the whole collection, filtered and in order.
    ///   - path: the address of the collection, such as `/api/Spaces-1/projects`.
    ///   - query: the request's other query parameters, repeated in the links.
    ///   - template: the parameters of the link Template, such as `skip,take`.
    public init(
        _ itemType: String, of all: [Item], skip: Int = 0, take: Int = 30, path: String,
        query: [(name: String, value: String)] = [], template: String = "skip,take"
    ) {
        let cut = PageCut(total: all.count, skip: skip, take: take)
        self.itemType = itemType
        totalResults = all.count
        itemsPerPage = cut.take
        numberOfPages = cut.pages
        lastPageNumber = cut.pages - 1
        items = Array(all.dropFirst(cut.skip).prefix(cut.take))
        links = cut.links(path: path, query: query, template: template)
    }
}

/// Where a page lies in its collection.
public struct PageCut: Sendable, Hashable {
    /// How many items there are in all.
    public let total: Int
    /// How many come before the page.
    public let skip: Int
    /// The size of a page; 2147483647 stands for all.
    public let take: Int

    /// A cut; nonsense is brought into range.
    public init(total: Int, skip: Int, take: Int) {
        self.total = total
        self.skip = min(max(skip, 0), 2_147_483_647)
        self.take = take <= 0 ? 30 : min(take, 2_147_483_647)
    }

    /// How many pages there are, at least one.
    public var pages: Int { max(1, total / take + (total % take == 0 ? 0 : 1)) }

    /// The links of the page.
    public func links(path: String, query: [(name: String, value: String)] = [], template: String) -> [String: String] {
        func link(_ skip: Int, _ take: Int) -> String {
            let all = query + [("skip", String(skip)), ("take", String(take))]
            return path + "?" + all.map { "\($0.name)=\($0.value.percentEncoded)" }.joined(separator: "&")
        }
        var links = [
            "Self": link(skip, take), "Template": "\(path){?\(template)}", "Page.All": link(0, 2_147_483_647),
            "Page.Current": link(skip, take), "Page.Last": link((pages - 1) * take, take),
        ]
        if skip + take < total { links["Page.Next"] = link(skip + take, take) }
        return links
    }
}
