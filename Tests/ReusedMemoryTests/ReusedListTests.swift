import ReusedMemory
import Testing

@Suite struct ReusedListTests {
    @Test func holdsWhatWasAppended() {
        var list = ReusedList<Int>(capacity: 1)
        let isEmpty = list.isEmpty
        #expect(isEmpty)
        for number in 0..<100 { list.append(number) }
        let numbers = list.array
        #expect(numbers == Array(0..<100))
        let (count, last) = (list.count, list.last)
        #expect(count == 100 && last == 99)
    }

    @Test func isFilledAgainFromTheStart() {
        var list = ReusedList<Int>()
        for round in 0..<3 {
            list.removeAll()
            let last = list.last
            #expect(last == nil)
            for number in 0..<20 { list.append(number * round) }
            let numbers = list.array
            #expect(numbers == (0..<20).map { $0 * round })
        }
    }

    @Test func changesElementsInPlace() {
        var list = ReusedList<[Int]>()
        list.append([1])
        list.append([2])
        list[1].append(3)
        var span = list.mutableSpan
        span[0] = []
        let elements = list.array
        #expect(elements == [[], [2, 3]])
    }

    @Test func appendsSpansAcrossGrowth() {
        var list = ReusedList<UInt8>(capacity: 2)
        list.append(1)
        let (more, nothing): ([UInt8], [UInt8]) = ([2, 3, 4], [])
        list.append(copying: more.span)
        list.append(copying: nothing.span)
        let elements = list.array
        #expect(elements == [1, 2, 3, 4])
        let second = list.span[1]
        #expect(second == 2)
    }

    @Test func removesFromTheEnd() {
        var list = ReusedList<Int>()
        for number in 0..<5 { list.append(number) }
        let last = list.removeLast()
        list.truncate(to: 9)
        let four = list.array
        list.truncate(to: 1)
        let one = list.array
        #expect(last == 4 && four == [0, 1, 2, 3] && one == [0])
    }

    /// What is not trivial is released when it is removed, overwritten or moved, and with the list.
    @Test func releasesEveryElementOnce() {
        final class Witness {
            let released: () -> Void
            init(_ released: @escaping () -> Void) { self.released = released }
            deinit { released() }
        }
        var released = 0
        do {
            var list = ReusedList<Witness>(capacity: 1)
            for _ in 0..<5 { list.append(Witness { released += 1 }) }
            #expect(released == 0)
            list[0] = Witness { released += 1 }
            #expect(released == 1)
            list.removeLast()
            #expect(released == 2)
            list.truncate(to: 2)
            #expect(released == 4)
            list.removeAll()
            #expect(released == 6)
            list.append(Witness { released += 1 })
        }
        #expect(released == 7)
    }

    @Test func trapsOutsideItsElements() async {
        await #expect(processExitsWith: .failure) {
            var list = ReusedList<Int>(capacity: 4)
            list.append(1)
            list[1] = 0
        }
        await #expect(processExitsWith: .failure) {
            var list = ReusedList<Int>(capacity: 4)
            list.append(1)
            list[-1] = 0
        }
        await #expect(processExitsWith: .failure) {
            var list = ReusedList<Int>()
            list.removeLast()
        }
    }
}
