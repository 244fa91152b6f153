public import LDAP
import AttributeIndex
import BER
import Schema

/// How a search is carried out, and what came of it: for `peopled search --explain`.
public struct SearchExplanation: Sendable, CustomStringConvertible {
    /// One component of the filter.
    public struct Component: Sendable {
        /// The filter text of an item; `&`, `|` or `!` for the others.
        public let text: String
        /// How far inside other components it stands.
        public let depth: Int
        /// About how many entries it holds for, by the indexes; nil where only the entries tell.
        public let estimate: Int?
        /// Whether candidates come from its index.
        public let drives: Bool
        /// Why it is Undefined; nil where it is not.
        public let undefined: String?
    }

    /// How the search ended.
    public let result: LDAPResult
    /// Entries that match.
    public let matches: Int
    /// Entries in scope, before the filter.
    public let scope: Int
    /// The filter's components in the order of its text.
    public let components: [Component]
    /// Why nothing matched, most telling first; empty where something did.
    public let reasons: [String]

    /// Lines for people.
    public var description: String {
        var lines = components.map { component in
            String(repeating: "  ", count: component.depth) + component.text + "  " + Self.note(component)
        }
        lines.append(
            result.code == .success
                ? "\(matches) of about \(scope) entries in scope match"
                : "\(result.code)" + (result.matchedDN.isEmpty ? "" : ", the closest entry is \(result.matchedDN)"))
        lines += reasons.map { "- " + $0 }
        return lines.joined(separator: "\n")
    }

    private static func note(_ component: Component) -> String {
        if let reason = component.undefined { return "Undefined: \(reason)" }
        let estimate = component.estimate.map { "about \($0) entries" } ?? "known from the entries only"
        return estimate + (component.drives ? ", drives the search" : "")
    }
}

extension DirectoryView {
    /// Carries a search out and tells how. Not for use while serving: it takes as long as the search takes.
    public func explain(
        base: String, scope: SearchScope, filter: Filter, derefAliases: DerefAliases = .never
    ) -> SearchExplanation {
        let request = SearchRequest(
            base: base, scope: scope, derefAliases: derefAliases, filter: filter, attributes: ["1.1"])
        let octets = LDAPMessage(1, .searchRequest(request)).encoded
        var fields = SearchRequestFields()
        var flat = FlatFilter()
        do {
            try RequestReader(octets.span).searchRequest(into: &fields, filter: &flat)
        } catch {
            return SearchExplanation(
                result: LDAPResult(.protocolError, diagnosticMessage: "\(error)"), matches: 0, scope: 0, components: [],
                reasons: [])
        }
        var explainer = Explainer(self)
        explainer.plan.compile(flat, pdu: octets.span, environment, keepingReasons: true)
        let outcome = explainer.run(fields, octets.span, flat)
        if outcome.result.code == .success { explainer.inspect(fields, octets.span, flat) }
        let components = explainer.components(filter)
        return SearchExplanation(
            result: outcome.result, matches: outcome.entries, scope: explainer.scope, components: components,
            reasons: outcome.entries > 0 || outcome.result.code != .success
                ? [] : explainer.reasons(components, request))
    }
}
