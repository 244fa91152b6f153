import ReusedMemory
import Testing

private struct Large: ~Copyable {
    var number: Int
    let counter: Counter

    deinit { counter.gone += 1 }
}

private final class Counter {
    var gone = 0
}

@Test func elementsStayInTheirPlacesAndGoWithTheirSlots() {
    let counter = Counter()
    do {
        var next = 0
        var slots = ReusedSlots(count: 3) {
            next += 1
            return Large(number: next, counter: counter)
        }
        #expect(slots.count == 3 && slots.indices == 0..<3)
        slots[1].number *= 10
        #expect((slots[0].number, slots[1].number, slots[2].number) == (1, 20, 3))
        var other = Large(number: 7, counter: counter)
        swap(&slots[2], &other)
        #expect(slots[2].number == 7 && other.number == 3)
        #expect(counter.gone == 0)
    }
    #expect(counter.gone == 4)
}

@Test func noSlotsAtAllIsAllowed() {
    let slots = ReusedSlots<Int>(count: 0) { 1 }
    #expect(slots.indices.isEmpty)
}

@Test func accessesBeyondTheSlotsTrap() async {
    await #expect(processExitsWith: .failure) {
        let slots = ReusedSlots(count: 2) { 1 }
        print(slots[2])
    }
    await #expect(processExitsWith: .failure) {
        var slots = ReusedSlots(count: 2) { 1 }
        slots[-1] = 3
    }
}
