/// The present moment as a generalizedTime to the second (RFC 4517 section 3.3.13), for example `20261121031900Z`.
public func currentGeneralizedTime() -> String {
    // RFC 3339 without its punctuation, and without the milliseconds.
    Timestamp.now().text.prefix(19).filter(\.isNumber) + "Z"
}
