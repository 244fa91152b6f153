/// The present moment as a generalizedTime to the second (RFC 4517 section 3.3.13), for example `20261121031900Z`.
public func currentGeneralizedTime() -> String {
    // RFC 3339 without its punctuation, and without the milliseconds.
    Timestamp.now().text.prefix(19).filter(\.isNumber) + "Z"
}

/// A moment in seconds since 1970, in the same form.
public func generalizedTime(seconds: Int64) -> String {
    Timestamp(seconds: seconds, milliseconds: 0).text.prefix(19).filter(\.isNumber) + "Z"
}
