import Glibc
import Testing

@testable import EventLog

/// A pipe whose reading end gives what was logged.
private final class LogPipe: Sendable {
    let reading: Int32
    let writing: Int32

    init() {
        var ends: [Int32] = [0, 0]
        let made = unsafe pipe(&ends)
        #expect(made == 0)
        (reading, writing) = (ends[0], ends[1])
        #expect(fcntl(reading, F_SETFL, O_NONBLOCK) == 0)
    }

    deinit {
        close(reading)
        close(writing)
    }

    func text() -> String {
        var result: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65536)
        while true {
            let count = unsafe read(reading, &buffer, buffer.count)
            guard count > 0 else { return String(decoding: result, as: UTF8.self) }
            result += buffer[..<count]
        }
    }
}

private let moment = Timestamp(seconds: 1_795_231_140, milliseconds: 7)

private func line(
    _ fields: KeyValuePairs<StaticString, any LogValue>, format: EventLog.Format = .text
) -> String {
    let octets = EventLine.encode(time: moment, level: .info, event: "test", fields: fields, format: format)
    return String(decoding: octets, as: UTF8.self)
}

private let head = "time=2026-11-21T03:19:00.007Z level=info event=test"

@Test(arguments: [
    (Int64(0), "1970-01-01T00:00:00.000Z"), (951_782_400, "2000-02-29T00:00:00.000Z"),
    (951_868_800, "2000-03-01T00:00:00.000Z"), (4_107_542_400, "2100-03-01T00:00:00.000Z"),
    (-1, "1969-12-31T23:59:59.000Z"), (1_735_689_599, "2024-12-31T23:59:59.000Z"),
])
func writesTimesInUTC(seconds: Int64, text: String) {
    #expect(Timestamp(seconds: seconds, milliseconds: 0).text == text)
}

@Test func writesKeysAndValues() {
    #expect(
        line(["connection": 7, "peer": "[::1]:389", "ok": true]) == head + " connection=7 peer=[::1]:389 ok=true\n")
}

@Test(arguments: [
    ("a b", "\"a b\""), ("", "\"\""), ("a\"b", "\"a\\\"b\""), ("a=b", "\"a=b\""), ("a\\b", "\"a\\\\b\""),
    ("x\nlevel=error", "\"x\\u{a}level=error\""), ("\u{1B}[2J", "\"\\u{1b}[2J\""), ("\u{9B}2J", "\"\\u{9b}2J\""),
    ("a\u{202E}b", "\"a\\u{202e}b\""), ("\u{2028}", "\"\\u{2028}\""), ("é", "\"é\""), ("\0", "\"\\u{0}\""),
])
func escapesWhatWouldForgeALineOrCommandATerminal(value: String, written: String) {
    #expect(line(["v": value]) == head + " v=\(written)\n")
}

@Test func writesJSON() {
    #expect(
        line(["n": -3, "s": "a\"\n\u{1B}é", "b": false, "d": 0.5, "nan": Double.nan], format: .json)
            == "{\"time\":\"2026-11-21T03:19:00.007Z\",\"level\":\"info\",\"event\":\"test\","
            + "\"n\":-3,\"s\":\"a\\\"\\u000a\\u001bé\",\"b\":false,\"d\":0.5,\"nan\":\"nan\"}\n")
}

@Test func cutsLongValues() {
    let text = line(["v": String(repeating: "a", count: 513)])
    #expect(text == head + " v=\"" + String(repeating: "a", count: 512) + "…\"\n")
    #expect(line(["v": String(repeating: "a", count: 512)]) == head + " v=" + String(repeating: "a", count: 512) + "\n")
}

@Test(arguments: EventLog.Format.allCases)
func leavesOutFieldsThatDoNotFitInALine(format: EventLog.Format) {
    let long = String(repeating: "\u{1}", count: 512)
    let text = line(["a": long, "b": long, "c": long], format: format)
    #expect(text.utf8.count <= EventLog.maximumLineLength)
    #expect(text.hasSuffix(format == .json ? "\"}\n" : "\"\n"))
}

@Test func keepsItsLevelAndWhatMattersMore() {
    let pipe = LogPipe()
    let log = EventLog(level: .warning, descriptor: pipe.writing)
    log.log(.info, "quiet")
    log.log(.warning, "heard")
    log.log(.error, "heard-too")
    log.level = .debug
    log.log(.debug, "now-heard")
    let events = pipe.text().split(separator: "\n").compactMap { $0.split(separator: "event=").last }
    #expect(events == ["heard", "heard-too", "now-heard"])
}

@Test func doesNotEvaluateFieldsOfEventsThatAreNotWritten() {
    var evaluated = false
    func field() -> Int {
        evaluated = true
        return 1
    }
    EventLog.silent.log(.error, "nothing", ["n": field()])
    #expect(!evaluated)
}

@Test func neverBlocksOnAFullPipeAndCountsWhatItDrops() {
    let pipe = LogPipe()
    let log = EventLog(descriptor: pipe.writing)
    let value = String(repeating: "x", count: 500)
    let lines = 1000
    for number in 0..<lines { log.log(.info, "flood", ["n": number, "v": value]) }
    var text = pipe.text()
    // What waited goes out as the reader catches up, in order, and then the number of those that were lost.
    for _ in 0..<8 {
        log.flush(milliseconds: 0)
        text += pipe.text()
    }
    let written = text.split(separator: "\n")
    let numbers = written.compactMap {
        $0.split(separator: " n=").last?.split(separator: " ").first.flatMap { Int($0) }
    }
    #expect(numbers == Array(0..<numbers.count))
    let notice = written.last { $0.contains("event=log-dropped") }
    #expect(notice?.hasSuffix("lines=\(lines - numbers.count)") == true)
    #expect(numbers.count > EventLog.maximumBacklog && numbers.count < lines)
}

@Test func survivesAReaderThatIsGone() {
    signal(SIGPIPE, SIG_IGN)
    var ends: [Int32] = [0, 0]
    let made = unsafe pipe(&ends)
    #expect(made == 0)
    close(ends[0])
    let log = EventLog(descriptor: ends[1])
    log.log(.error, "unheard")
    log.flush()
    close(ends[1])
}

@Test func keepsLinesOfSeveralThreadsWhole() async {
    let pipe = LogPipe()
    let log = EventLog(descriptor: pipe.writing)
    await withTaskGroup(of: Void.self) { group in
        for thread in 0..<8 {
            group.addTask { for number in 0..<20 { log.log(.info, "shared", ["thread": thread, "n": number]) } }
        }
    }
    let lines = pipe.text().split(separator: "\n")
    #expect(lines.count == 160)
    #expect(lines.allSatisfy { $0.hasPrefix("time=") && $0.contains(" event=shared thread=") })
}
