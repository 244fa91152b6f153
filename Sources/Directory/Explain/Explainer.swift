import AttributeIndex
import BER
import LDAP
import ReusedMemory
import Schema

/// Collects what a `SearchExplanation` tells.
struct Explainer: ~Copyable {
    let view: DirectoryView
    var plan = FilterPlan()
    /// About how many entries are in scope.
    var scope = 0
    /// By node, over all segments.
    private var estimates: [Int] = []
    private var drivers: Set<Int> = []

    init(_ view: DirectoryView) { self.view = view }

    /// Carries the search out to its end.
    func run(
        _ fields: borrowing SearchRequestFields, _ pdu: Span<UInt8>, _ filter: borrowing FlatFilter
    ) -> SearchOutcome {
        let task = SearchTask()
        task.start(
            in: view.unrestricted, request: fields, pdu: pdu, filter: filter, manageDsaIT: false, messageID: 1,
            limits: SearchLimits())
        var writer = BERWriter()
        while true {
            writer.removeAll()
            if case .finished = task.step(into: &writer, budget: StepBudget()) { return task.outcome }
        }
    }

    /// Looks at the plan in every segment, as the search does.
    mutating func inspect(
        _ fields: borrowing SearchRequestFields, _ pdu: Span<UInt8>, _ filter: borrowing FlatFilter
    ) {
        estimates = [Int](repeating: 0, count: plan.nodes.count)
        var engine = SearchEngine()
        engine.start(
            view.unrestricted, fields, pdu, filter, manageDsaIT: false, messageID: 1, limits: SearchLimits(), page: nil)
        engine.segmentPlan.countsEverything = true
        // Damage was found by the search already, whose result says so.
        guard engine.stage != .finished, (try? engine.begin(view)) != nil else { return }
        while engine.stage != .finished, engine.nextSegment(view) {
            let kind = engine.roots[engine.rootIndex].kind
            let index = view.contextIndex(kind, segment: engine.segmentIndex, rootDSE: 0)
            guard (try? engine.enterSegment(view.context(index))) != nil else { return }
            guard engine.stage != .nextSegment else { continue }
            add(engine.segmentPlan.estimates, engine.range.count, engine.stream.sources)
            engine.stage = .nextSegment
        }
    }

    private mutating func add(
        _ found: borrowing ReusedList<Int>, _ entries: Int, _ sources: borrowing ReusedList<CandidateSource>
    ) {
        scope += entries
        for node in found.indices where node < estimates.count {
            let estimate = found[node]
            let isKnown = estimate != SegmentPlan.unknown && estimates[node] != SegmentPlan.unknown
            estimates[node] = isKnown ? estimates[node] + estimate : SegmentPlan.unknown
        }
        for index in sources.indices where sources[index].item >= 0 {
            let item = sources[index].item
            for node in plan.nodes.indices where plan.nodes[node].kind == .item && plan.nodes[node].item == item {
                drivers.insert(node)
            }
        }
    }

    /// The filter's components with what was found out about each; a filter's components stand in pre-order as nodes do.
    func components(_ filter: Filter) -> [SearchExplanation.Component] {
        var components: [SearchExplanation.Component] = []
        append(filter, depth: 0, to: &components)
        return components
    }

    private func append(_ filter: Filter, depth: Int, to components: inout [SearchExplanation.Component]) {
        let node = components.count
        let (text, children): (String, [Filter]) =
            switch filter {
            case .and(let parts): ("&", parts)
            case .or(let parts): ("|", parts)
            case .not(let part): ("!", [part])
            default: (filter.description, [])
            }
        let estimate = node < estimates.count ? estimates[node] : SegmentPlan.unknown
        components.append(
            SearchExplanation.Component(
                text: text, depth: depth, estimate: estimate == SegmentPlan.unknown ? nil : estimate,
                drives: drivers.contains(node), undefined: plan.reasons[node]?.text))
        for child in children { append(child, depth: depth + 1, to: &components) }
    }

    /// Why nothing matched.
    func reasons(_ components: [SearchExplanation.Component], _ request: SearchRequest) -> [String] {
        var reasons = components.compactMap { component in
            component.undefined.map { "\(component.text) is Undefined: \($0)" }
        }
        let isItem = components.map { $0.text.count > 1 }
        for (component, isItem) in zip(components, isItem)
        where isItem && component.estimate == 0 && component.undefined == nil {
            reasons.append("\(component.text) holds for no entry at all")
        }
        let elsewhere = matchesElsewhere(request)
        if elsewhere > 0 { reasons.append("outside the scope, entries match: \(elsewhere)") }
        if scope == 0 { reasons.append("the scope has no entries") }
        if reasons.isEmpty { reasons.append("each part holds for some entry, but all together for none") }
        return reasons
    }

    /// How many entries match in the whole directory.
    private func matchesElsewhere(_ request: SearchRequest) -> Int {
        var count = 0
        for place in (try? view.generation.roots()) ?? [] {
            guard let name = try? view.segment(place.segment).dn(place.entry) else { continue }
            var request = request
            request.base = String(octets: name)
            request.scope = .sub
            let octets = LDAPMessage(1, .searchRequest(request)).encoded
            var fields = SearchRequestFields()
            var flat = FlatFilter()
            guard (try? RequestReader(octets.span).searchRequest(into: &fields, filter: &flat)) != nil else { continue }
            count += run(fields, octets.span, flat).entries
        }
        return count
    }
}
