/// Generalized Time (RFC 4517 section 3.3.13): `YYYYMMDDHH[MM[SS]][.fraction](Z|+hh[mm]|-hh[mm])`, held in UTC.
struct GeneralizedTime {
    private var year = 0
    private var month = 1
    private var day = 1
    private var hour = 0
    private var minute = 0
    private var second = 0
    /// Digits after the decimal point of the second, without zeros at the end.
    private var fraction: [UInt8] = []

    init(_ value: Span<UInt8>) throws(SyntaxError) {
        var position = 0
        year = try Self.number(value, &position, digits: 4, 0...9999, "a year")
        month = try Self.number(value, &position, digits: 2, 1...12, "a month from 01 to 12")
        day = try Self.number(value, &position, digits: 2, 1...31, "a day from 01 to 31")
        guard day <= Self.days(ofMonth: month, year: year) else {
            throw .malformed(at: 6, "a day that the month has")
        }
        hour = try Self.number(value, &position, digits: 2, 0...23, "an hour from 00 to 23")
        var unit = 3600
        if position < value.count, ASCII.isDigit(value[position]) {
            minute = try Self.number(value, &position, digits: 2, 0...59, "a minute from 00 to 59")
            unit = 60
            if position < value.count, ASCII.isDigit(value[position]) {
                second = try Self.number(value, &position, digits: 2, 0...60, "a second from 00 to 60")
                unit = 1
            }
        }
        if position < value.count, value[position] == ASCII.dot || value[position] == ASCII.comma {
            position += 1
            try readFraction(value, &position, of: unit)
        }
        try readZone(value, &position)
        guard position == value.count else { throw .malformed(at: position, "the end of the time") }
    }

    /// The key: the time in UTC without its Z, so that octet order is the order in time.
    func appendKey(to key: inout [UInt8]) {
        var divisor = 1000
        while divisor > 0 {
            key.append(0x30 + UInt8(year / divisor % 10))
            divisor /= 10
        }
        for field in [month, day, hour, minute, second] {
            key.append(0x30 + UInt8(field / 10))
            key.append(0x30 + UInt8(field % 10))
        }
        if !fraction.isEmpty {
            key.append(ASCII.dot)
            key.append(contentsOf: fraction)
        }
    }

    private static func number(
        _ value: Span<UInt8>, _ position: inout Int, digits: Int, _ range: ClosedRange<Int>, _ expected: String
    ) throws(SyntaxError) -> Int {
        guard value.count - position >= digits else { throw .malformed(at: value.count, expected) }
        var number = 0
        for index in position..<(position + digits) {
            guard ASCII.isDigit(value[index]) else { throw .malformed(at: index, expected) }
            number = number * 10 + Int(value[index] - 0x30)
        }
        guard range.contains(number) else { throw .malformed(at: position, expected) }
        position += digits
        return number
    }

    /// A fraction of the smallest unit given: an hour's and a minute's become minutes, seconds and a second's fraction,
    /// by long multiplication of the decimal digits, which loses nothing.
    private mutating func readFraction(
        _ value: Span<UInt8>, _ position: inout Int, of unit: Int
    ) throws(SyntaxError) {
        while position < value.count, ASCII.isDigit(value[position]) {
            fraction.append(value[position])
            position += 1
        }
        guard !fraction.isEmpty else { throw .malformed(at: position, "a digit of the fraction") }
        if unit > 1 {
            var carry = 0
            for index in fraction.indices.reversed() {
                let product = Int(fraction[index] - 0x30) * unit + carry
                fraction[index] = 0x30 + UInt8(product % 10)
                carry = product / 10
            }
            minute += carry / 60
            second += carry % 60
        }
        while fraction.last == 0x30 { fraction.removeLast() }
    }

    private mutating func readZone(_ value: Span<UInt8>, _ position: inout Int) throws(SyntaxError) {
        guard position < value.count else { throw .malformed(at: position, "Z or a time zone") }
        let sign = value[position]
        position += 1
        if sign == 0x5A { return }
        guard sign == ASCII.plus || sign == ASCII.hyphen else {
            throw .malformed(at: position - 1, "Z or a time zone")
        }
        let hours = try Self.number(value, &position, digits: 2, 0...23, "an hour from 00 to 23")
        var minutes = 0
        if position < value.count {
            minutes = try Self.number(value, &position, digits: 2, 0...59, "a minute from 00 to 59")
        }
        let offset = hours * 60 + minutes
        // Local time is ahead of UTC by a positive offset.
        shift(byMinutes: sign == ASCII.plus ? -offset : offset)
        guard (0...9999).contains(year) else { throw .malformed(at: 0, "a year from 0000 to 9999 in UTC") }
    }

    private mutating func shift(byMinutes offset: Int) {
        var total = hour * 60 + minute + offset
        var days = 0
        while total < 0 {
            total += 1440
            days -= 1
        }
        while total >= 1440 {
            total -= 1440
            days += 1
        }
        hour = total / 60
        minute = total % 60
        day += days
        if day < 1 {
            month = month == 1 ? 12 : month - 1
            if month == 12 { year -= 1 }
            day = Self.days(ofMonth: month, year: year)
        } else if day > Self.days(ofMonth: month, year: year) {
            day = 1
            month = month == 12 ? 1 : month + 1
            if month == 1 { year += 1 }
        }
    }

    static func days(ofMonth month: Int, year: Int) -> Int {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }
}

/// UTC Time (RFC 4517 section 3.3.34): a year of two digits; only checked, no rule compares it.
enum UTCTime {
    static func validate(_ value: Span<UInt8>) throws(SyntaxError) {
        guard value.count >= 10 else { throw .malformed(at: value.count, "YYMMDDHHMM") }
        var digits: [UInt8] = Array("20".utf8)
        digits.append(copying: value)
        // Without a zone UTC Time is still valid; Generalized Time is not.
        let hasZone = digits.contains { !ASCII.isDigit($0) }
        if !hasZone { digits.append(0x5A) }
        guard !digits.contains(ASCII.dot), !digits.contains(ASCII.comma) else {
            throw .malformed(at: 10, "no fraction")
        }
        _ = try GeneralizedTime(digits.span)
    }
}
