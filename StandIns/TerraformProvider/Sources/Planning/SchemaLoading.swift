import Values

extension Catalogue {
    /// The schema that was recorded of the provider.
    package static func recorded() throws -> Catalogue {
        try Catalogue(JSON(parsing: file))
    }

    /// The file that it was recorded in.
    package static var file: [UInt8] { PackageResources.schema_json }

    /// Reads a schema file.
    package init(_ json: JSON) throws {
        provider = try Block(json["provider"])
        resources = try Self.schemas(json["resources"], json["aliases"]["resources"])
        dataSources = try Self.schemas(json["data_sources"], json["aliases"]["data_sources"])
    }

    private static func schemas(_ json: JSON, _ aliases: JSON) throws -> [String: Schema] {
        var schemas: [String: Schema] = [:]
        for (name, part) in json.object { schemas[name] = try Schema(name, part) }
        for (alias, target) in aliases.object {
            guard let name = target.string, var schema = schemas[name] else {
                throw DecodingTrouble("the alias \(alias) leads nowhere")
            }
            schema.name = alias
            schema.isDeprecated = true
            schemas[alias] = schema
        }
        return schemas
    }
}

extension Schema {
    fileprivate init(_ name: String, _ json: JSON) throws {
        self.init(
            name: name, version: json["version"].int ?? 0, block: try Block(json),
            isLegacy: json["sdk"].string == "v2", isDeprecated: json["deprecated"].bool ?? false, canonical: name)
    }
}

extension Block {
    fileprivate init(_ json: JSON) throws {
        attributes = try json["attributes"].object.mapValues { try Attribute($0) }
        blocks = try json["blocks"].object.mapValues(NestedBlock.init)
    }
}

extension NestedBlock {
    fileprivate init(_ json: JSON) throws {
        nesting = try Nesting(json)
        minimum = json["min_items"].int ?? 0
        maximum = json["max_items"].int ?? 0
        block = try Block(json)
        isForcing = json["force_new"].bool ?? false
        isComputed = json["computed"].bool ?? false
        isLenient = json["diff_suppress"].bool ?? false
        fallback = json["default"]
    }
}

extension Nesting {
    fileprivate init(_ json: JSON) throws {
        guard let nesting = Nesting(rawValue: json["nesting"].string ?? "") else {
            throw DecodingTrouble("\(json["nesting"]) is not a nesting")
        }
        self = nesting
    }
}

extension Attribute {
    /// Reads an attribute; an element of a list of objects has its type from that list.
    fileprivate init(_ json: JSON, type known: ValueType? = nil) throws {
        if json["nested"].isNull {
            type = try known ?? ValueType(json["type"])
        } else {
            let nested = Nested(
                nesting: try Nesting(json["nested"]),
                attributes: try json["nested"]["attributes"].object.mapValues { try Attribute($0) })
            self.nested = nested
            let object = ValueType.object(nested.attributes.mapValues(\.type))
            type =
                switch nested.nesting {
                case .single, .group: object
                case .list: .list(object)
                case .set: .set(object)
                case .map: .map(object)
                }
        }
        readFlags(json)
        if !json["default"].isNull { fallback = try Value(json: json["default"], type: type) }
        maximum = json["max_items"].int
        if json["block_syntax"].bool == true, case .list(.object(let types)) = type {
            elements = try Dictionary(
                uniqueKeysWithValues: types.map { ($0, try Attribute(json["element"][$0], type: $1)) })
        }
        rule = json["rule"].isNull ? nil : Rule(json["rule"])
        elementRule = json["element_rule"].isNull ? nil : Rule(json["element_rule"])
        requiredWith = json["required_with"].array.compactMap(\.string)
    }

    private mutating func readFlags(_ json: JSON) {
        required = json["required"].bool ?? false
        optional = json["optional"].bool ?? false
        computed = json["computed"].bool ?? false
        sensitive = json["sensitive"].bool ?? false
        deprecated = json["deprecated"].bool ?? false
        writeOnly = json["write_only"].bool ?? false
        isWhole = json["int"].bool ?? false
        isForcing = json["force_new"].bool ?? false
        isNormalised = json["state_func"].bool ?? false
        isLenient = json["diff_suppress"].bool ?? false
        keepsState = json["use_state_for_unknown"].bool ?? false
    }
}

extension Rule {
    fileprivate init(_ json: JSON) {
        choices = json["one_of"].array.map { choice in
            if case .int(let number) = choice { .int(number) } else { .string(choice.string ?? "") }
        }
        minimum = json["min"].double
        maximum = json["max"].double
        isFilled = json["not_empty"].bool ?? false
        mayBeEmpty = json["or_empty"].bool ?? false
        format = json["format"].string
        pattern = json["regex"].string
        requires = json["requires"].array.compactMap(\.string)
    }
}
