import CommandLineTools
import LDAP
import LDAPServer

extension LimitChanges {
    static let outstandingRange = 1...100_000
    static let octetsRange = 1024...(256 << 20)
    private static let numberRange = 0...Int(Int32.max)
    private static let secondsRange = 0...86_400

    /// What holds for everybody who has authenticated, unless the configuration says otherwise.
    static let builtIn = {
        var limits = LimitChanges()
        // As OpenLDAP's.
        limits.time = SteppedLimit(3_600)
        return limits
    }()

    private enum Keys: String, CodingKey {
        case size, time, examined, outstanding, requestOctets, controls, requestsPerSecond
    }

    /// Reads what is there of the limits that rules may change, beside whatever other keys the object has.
    mutating func decode(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: Keys.self)
        if let given = try values.stepped(.size, within: Self.numberRange) { size = given }
        if let given = try values.stepped(.time, within: Self.secondsRange) { time = given }
        if let given = try values.number(.examined, within: Self.numberRange) { examined = given }
        if let given = try values.number(.outstanding, within: Self.outstandingRange) { outstanding = given }
        if let given = try values.number(.requestOctets, within: Self.octetsRange) { requestOctets = given }
        if let given = try values.number(.controls, within: 1...Limits.controlsPerRequest) { controls = given }
        if let given = try values.decodeIfPresent(RateSettings.self, forKey: .requestsPerSecond) { rates = given.rates }
    }
}

/// `requestsPerSecond: { connection: 100, address: 1000, identity: 1000 }`.
private struct RateSettings: Decodable {
    var rates = RequestRates()

    private enum Keys: String, CodingKey, CaseIterable { case connection, address, identity }

    init(from decoder: any Decoder) throws {
        let values = try decoder.knownKeys(Keys.self)
        try values.decode(.connection, into: &rates.connection, within: 0...1_000_000)
        try values.decode(.address, into: &rates.address, within: 0...1_000_000)
        try values.decode(.identity, into: &rates.identity, within: 0...1_000_000)
    }
}

/// `{ soft: 500, hard: 5000 }`, a number for both, or without `soft` as much as `hard`.
private struct SteppedSettings: Decodable {
    var soft: Int?
    var hard: Int?

    private enum Keys: String, CodingKey, CaseIterable { case soft, hard }

    init(from decoder: any Decoder) throws {
        guard (try? decoder.container(keyedBy: Keys.self)) != nil else {
            soft = try decoder.singleValueContainer().decode(Int.self)
            return
        }
        let values = try decoder.knownKeys(Keys.self)
        soft = try values.decodeIfPresent(Int.self, forKey: .soft)
        hard = try values.decodeIfPresent(Int.self, forKey: .hard)
    }
}

extension KeyedDecodingContainer {
    fileprivate func number(_ key: Key, within range: ClosedRange<Int>) throws -> Int? {
        guard contains(key) else { return nil }
        var number = 0
        try decode(key, into: &number, within: range)
        return number
    }

    fileprivate func stepped(_ key: Key, within range: ClosedRange<Int>) throws -> SteppedLimit? {
        guard let given = try decodeIfPresent(SteppedSettings.self, forKey: key) else { return nil }
        func refuse(_ reason: String) -> DecodingError {
            DecodingError.dataCorruptedError(forKey: key, in: self, debugDescription: reason)
        }
        for number in [given.soft, given.hard].compactMap({ $0 }) where !range.contains(number) {
            throw refuse("\(number) is not within \(range.lowerBound) to \(range.upperBound)")
        }
        guard let hard = given.hard else { return given.soft.map { SteppedLimit($0) } }
        let soft = given.soft ?? hard
        guard hard == 0 || (soft > 0 && soft <= hard) else {
            throw refuse("soft, \(soft) (0 is no limit), is more than hard, \(hard)")
        }
        return SteppedLimit(soft: soft, hard: hard)
    }
}
