import ReusedMemory

extension ReusedList where Element == UInt32 {
    /// Sorts the numbers from `first` on, in place: a heap sort, since a filter may bring tens of thousands in any order.
    mutating func sort(from first: Int) {
        var end = count
        guard end - first > 1, !isSorted(from: first) else { return }
        for root in (0..<(end - first) / 2).reversed() { siftDown(root, first, end) }
        while end - first > 1 {
            end -= 1
            swapAt(first, end)
            siftDown(0, first, end)
        }
    }

    private func isSorted(from first: Int) -> Bool {
        for index in first + 1..<count where self[index] < self[index - 1] { return false }
        return true
    }

    /// Restores the heap that begins at `first` and ends before `end`, where only `root` may be out of its place.
    private mutating func siftDown(_ root: Int, _ first: Int, _ end: Int) {
        var parent = root
        while true {
            var child = 2 * parent + 1
            guard first + child < end else { return }
            if first + child + 1 < end, self[first + child] < self[first + child + 1] { child += 1 }
            guard self[first + parent] < self[first + child] else { return }
            swapAt(first + parent, first + child)
            parent = child
        }
    }

    private mutating func swapAt(_ left: Int, _ right: Int) {
        let number = self[left]
        self[left] = self[right]
        self[right] = number
    }

    /// Whether `number` is among those within `range`, which ascend.
    func containsSorted(_ number: UInt32, within range: Range<Int>) -> Bool {
        var low = range.lowerBound
        var high = range.upperBound
        while low < high {
            let middle = low + (high - low) / 2
            if self[middle] < number { low = middle + 1 } else { high = middle }
        }
        return low < range.upperBound && self[low] == number
    }
}
