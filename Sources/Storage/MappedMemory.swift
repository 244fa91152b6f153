import CSystem
import Glibc

/// Pages mapped into this process, unmapped when the last reference goes: the owner behind `MappedFile`.
///
/// `@unchecked Sendable` because the pages are read-only from the moment the object exists.
@safe final class MappedMemory: @unchecked Sendable {
    let base: UnsafePointer<UInt8>
    let count: Int
    private let length: Int

    /// Takes over `length` mapped octets at `address`, of which the first `count` are contents.
    init(adopting address: UnsafeMutableRawPointer, count: Int, length: Int) {
        // Safe: the caller hands over a mapping of `length` >= `count` octets, which lives until deinit.
        unsafe base = UnsafePointer(address.assumingMemoryBound(to: UInt8.self))
        self.count = count
        self.length = length
    }

    deinit {
        // Safe: the mapping is ours alone, and every span of it has ended with the last reference to this object.
        _ = unsafe munmap(UnsafeMutableRawPointer(mutating: base), length)
    }

    /// Maps the whole of an open file.
    static func map(_ descriptor: Int32, count: Int, path: String) throws(StorageError) -> MappedMemory {
        // An empty mapping is an error to mmap; one page of zeros stands for it.
        guard count > 0 else { return try MemoryBuffer(capacity: 1).release() }
        // Safe: a fresh mapping at an address of the kernel's choice, checked before use.
        guard let address = unsafe mmap(nil, count, PROT_READ, MAP_SHARED, descriptor, 0),
            unsafe !csystem_is_map_failed(address)
        else {
            throw .system(errno, while: "mapping", path)
        }
        return unsafe MappedMemory(adopting: address, count: count, length: count)
    }
}

/// Memory outside the heap that grows while it is filled, then becomes a read-only `MappedFile` without being copied.
@safe public struct MemoryBuffer: ~Copyable {
    private var base: UnsafeMutableRawPointer
    private var length: Int
    /// Octets written so far.
    public private(set) var count = 0

    /// Reserves room for `capacity` octets; more is found when it is needed.
    public init(capacity: Int) throws(StorageError) {
        length = MemoryBuffer.pages(max(capacity, 1))
        // Safe: a fresh private mapping at an address of the kernel's choice, checked before use.
        guard
            let address = unsafe mmap(nil, length, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0),
            unsafe !csystem_is_map_failed(address)
        else {
            throw .system(errno, while: "reserving", "memory")
        }
        unsafe base = address
    }

    deinit {
        // Safe: the mapping is ours alone; a sealed buffer never gets here.
        _ = unsafe munmap(base, length)
    }

    /// Adds octets at the end.
    public mutating func append(_ bytes: Span<UInt8>) throws(StorageError) {
        try reserve(bytes.count)
        let end = count
        let target = unsafe base
        // Safe: reserve() made room for bytes.count octets from `end`, and the source cannot lie in our own pages.
        unsafe bytes.withUnsafeBytes { source in
            guard let from = source.baseAddress else { return }
            unsafe memcpy(target + end, from, source.count)
        }
        count += bytes.count
    }

    /// Ends the writing: the same pages, read-only, named `name` in errors.
    public consuming func seal(name: String) throws(StorageError) -> MappedFile {
        MappedFile(try release(), path: name)
    }

    consuming func release() throws(StorageError) -> MappedMemory {
        // Safe: the pages are ours; from here on the processor itself refuses a write to them.
        let refused = unsafe mprotect(base, length, PROT_READ) == 0 ? nil : errno
        // From here the pages have the new owner, which gives them back if it is dropped.
        let memory = unsafe MappedMemory(adopting: base, count: count, length: length)
        discard self
        if let refused { throw .system(refused, while: "sealing", "memory") }
        return memory
    }

    private mutating func reserve(_ more: Int) throws(StorageError) {
        guard more > length - count else { return }
        let wanted = MemoryBuffer.pages(max(count + more, length + length / 2))
        // Safe: the old mapping is ours; on failure it stays as it was, on success the address returned replaces it.
        guard let grown = unsafe csystem_grow_mapping(base, length, wanted), unsafe !csystem_is_map_failed(grown)
        else {
            throw .system(errno, while: "reserving", "memory")
        }
        unsafe base = grown
        length = wanted
    }

    private static func pages(_ count: Int) -> Int { (count + 0xFFFF) & ~0xFFFF }
}
