/* A closed-loop LDAP load generator: every connection keeps a fixed number of requests outstanding and sends the next
 * one when an answer comes. One thread, so that it shares two cores fairly with what it measures. Every answer is
 * checked.
 *
 * usage: load [-p PORT] [-c CONNECTIONS] [-d DEPTH] [-t SECONDS | -N REQUESTS] [-n PEOPLE] [-s SEED] [-x] [-T] MODE
 *   -t   ends after so many seconds, whatever is under way
 *   -N   ends when exactly so many requests have been sent and answered
 *   -s   the seed that generate-people.py was given
 *   -T   over TLS (ldaps), without looking at the server's certificate
 *   -x   do not check the answers (for the floor, whose answers are made up)
 * SIGTERM ends it early. Who is asked for differs with each run, so that one run does not warm the caches for the next.
 *
 *   eq       (uid=uNNNNNNN) under ou=People, all attributes: one entry
 *   eq1      the same, asking for mail alone
 *   and      (&(objectClass=inetOrgPerson)(mail=...)), asking for uid and cn
 *   base     base-scope read of one person
 *   compare  employeeNumber of one person, compareTrue
 *   bind     anonymous simple bind
 *   handshake  with -T: a connection and a full TLS handshake, then the end; -d is 1
 *   bindpw   simple bind of one person with the password that generate-people.py --passwords gave
 *   sub3     (cn=*xyz*), a syllable of somebody's name, size limit 10, asking for uid and cn
 *   sub5     (cn=*xyzab*), five letters of somebody's surname, the same otherwise
 *   submiss  (cn=*xyzqjx*), which nobody has
 *   suball   (title=*...*), a whole title: one person in 240, no limit, asking for uid
 *   presub   (uid=uNNNNNN*): ten people
 *   page     everybody, 500 a page, asking for uid; -d is 1
 *   sub1     (cn=*x*), one letter of somebody's name, size limit 10, asking for uid and cn
 *   sub2     (cn=*xy*), two letters of a syllable, the same otherwise
 *   sub2miss two vowels that stand beside each other in no name, the same otherwise
 *   worst    (&(objectClass=person)(!(cn=*a*))), no limit, asking for uid: looks at everybody, finds one in six or so
 *
 * Prints: mode=eq requests=N seconds=S rate=R entries=E p50=US p99=US max=US wrong=W
 * and ends with status 1 where an answer was wrong.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define PEOPLE_BASE "ou=People,dc=example,dc=edu"

enum {
    most_connections = 1024, most_depth = 256, receive_size = 1 << 20, send_size = 1 << 16, page_size = 500,
    answer_slots = 1024, latency_buckets = 1 << 20, no_limit = -1
};

static long people = 100000;
static long unsent = no_limit;      /* requests still to be sent, with -N */
static uint64_t seed;
static int depth = 1, checked = 1;
static const char *mode = "eq";

/* Names as generate-people.py makes them. */

static uint64_t mix(uint64_t value) {
    value += 0x9E3779B97F4A7C15u;
    value = (value ^ value >> 30) * 0xBF58476D1CE4E5B9u;
    value = (value ^ value >> 27) * 0x94D049BB133111EBu;
    return value ^ value >> 31;
}

/* The k-th of the five syllables of a person: 0 and 1 make the middle name, 2 to 4 the surname. */
static void syllable(long person, int k, char *into) {
    unsigned index = (unsigned)(mix((uint64_t)person + (seed << 40)) >> 12 * k & 0xFFF) % 40;
    into[0] = "bdklmrst"[index % 8];
    into[1] = "aeiou"[index / 8];
    into[2] = "nrlmbdgk"[index * 3 % 8];
    into[3] = 0;
}

/* A title as generate-people.py gives it: one of 240. */
static void title(long person, char *into, size_t size) {
    static const char *const ranks[] = {"Professor", "Senior", "Associate", "Assistant", "Visiting"};
    static const char *const fields[] = {"Physics", "Chemistry", "History", "Music", "Law", "Nursing", "Library",
                                         "Economics", "Geology", "Botany", "Drama", "Logic"};
    static const char *const jobs[] = {"Lecturer", "Analyst", "Fellow", "Clerk"};
    snprintf(into, size, "%s %s %s", ranks[person % 5], fields[person / 5 % 12], jobs[person / 60 % 4]);
}

static long random_person(void) {
    static uint64_t state;
    if (state == 0) {
        struct timespec time;
        clock_gettime(CLOCK_REALTIME, &time);
        state = mix((uint64_t)time.tv_sec * 1000000007u + (uint64_t)time.tv_nsec);
    }
    return (long)(mix(++state) % (uint64_t)people);
}

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

/* BER, written forwards; a constructed element's length takes three octets and is filled in at its end. */

struct writer { uint8_t *bytes; size_t count; };

static size_t begin(struct writer *w, uint8_t tag) {
    w->bytes[w->count++] = tag;
    w->bytes[w->count++] = 0x82;
    w->count += 2;
    return w->count;
}

static void end(struct writer *w, size_t start) {
    size_t length = w->count - start;
    w->bytes[start - 2] = (uint8_t)(length >> 8);
    w->bytes[start - 1] = (uint8_t)length;
}

static void octets(struct writer *w, uint8_t tag, const void *value, size_t length) {
    size_t start = begin(w, tag);
    memcpy(w->bytes + w->count, value, length);
    w->count += length;
    end(w, start);
}

static void string(struct writer *w, uint8_t tag, const char *value) { octets(w, tag, value, strlen(value)); }

static void number(struct writer *w, uint8_t tag, uint32_t value) {
    uint8_t content[5] = {0, (uint8_t)(value >> 24), (uint8_t)(value >> 16), (uint8_t)(value >> 8), (uint8_t)value};
    size_t skip = 0;
    while (skip < 4 && content[skip] == 0 && content[skip + 1] < 0x80) skip++;
    w->bytes[w->count++] = tag;
    w->bytes[w->count++] = (uint8_t)(5 - skip);
    memcpy(w->bytes + w->count, content + skip, 5 - skip);
    w->count += 5 - skip;
}

static void equality(struct writer *w, const char *attribute, const char *value) {
    size_t item = begin(w, 0xa3);
    string(w, 4, attribute);
    string(w, 4, value);
    end(w, item);
}

static void substring(struct writer *w, const char *attribute, uint8_t part, const char *value) {
    size_t item = begin(w, 0xa4);
    string(w, 4, attribute);
    size_t parts = begin(w, 0x30);
    string(w, part, value);
    end(w, parts);
    end(w, item);
}

struct connection {
    int descriptor;
    SSL *session;                   /* with -T */
    double opened;
    uint8_t *bytes;                 /* received and not yet looked at */
    size_t held;
    uint32_t next_id;
    /* By messageID modulo a number well above the depth: a server may answer a connection's requests in any order. */
    double started[answer_slots];
    long entries[answer_slots];     /* of the answer that is coming */
    uint8_t cookie[256];
    size_t cookie_length;
};

/* A SearchRequest up to its filter; the caller adds filter and attributes and ends it. */
static size_t begin_search(struct writer *w, const char *base, uint32_t scope, uint32_t limit) {
    size_t search = begin(w, 0x63);
    string(w, 4, base);
    number(w, 0x0a, scope);
    number(w, 0x0a, 0);
    number(w, 2, limit);
    number(w, 2, 0);
    number(w, 1, 0);
    return search;
}

static void end_search(struct writer *w, size_t search, const char *first, const char *second) {
    size_t attributes = begin(w, 0x30);
    if (first) string(w, 4, first);
    if (second) string(w, 4, second);
    end(w, attributes);
    end(w, search);
}

static int is(const char *name) { return strcmp(mode, name) == 0; }

static int is_limited(void) {
    return is("sub3") || is("sub5") || is("submiss") || is("sub1") || is("sub2") || is("sub2miss");
}

/* What a substring search of the names looks for. */
static void needle(long person, char *part) {
    static const char *const nowhere[] = {"ae", "ao", "eo", "iu", "oa", "uo"};
    uint64_t chance = mix((uint64_t)person + 7);
    syllable(person, is("sub5") ? 2 : (int)(chance % 5), part);
    if (is("sub5")) { syllable(person, 3, part + 3); part[5] = 0; }
    if (is("submiss")) strcpy(part + 3, "qjx");
    if (is("sub2miss")) strcpy(part, nowhere[chance % 6]);
    if (is("sub1")) part[1] = 0;
    if (is("sub2")) part[2] = 0;
}

/* (&(objectClass=person)(!(cn=*a*))) */
static void unselective(struct writer *w) {
    size_t all = begin(w, 0xa0);
    equality(w, "objectClass", "person");
    size_t not = begin(w, 0xa2);
    substring(w, "cn", 0x81, "a");
    end(w, not);
    end(w, all);
}

static void write_search(struct writer *w) {
    char uid[16], text[64], part[16];
    long person = random_person();
    snprintf(uid, sizeof uid, "u%07ld", person);
    int limited = is_limited();
    snprintf(text, sizeof text, "uid=%s,%s", uid, PEOPLE_BASE);
    size_t search = begin_search(w, is("base") ? text : PEOPLE_BASE, is("base") ? 0 : 2, limited ? 10 : 0);
    if (is("eq") || is("eq1")) {
        equality(w, "uid", uid);
    } else if (is("and")) {
        snprintf(text, sizeof text, "%s@campus%ld.example.edu", uid, person % 10);
        size_t all = begin(w, 0xa0);
        equality(w, "objectClass", "inetOrgPerson");
        equality(w, "mail", text);
        end(w, all);
    } else if (is("presub")) {
        uid[7] = 0;
        substring(w, "uid", 0x80, uid);
    } else if (is("suball")) {
        title(person, text, sizeof text);
        substring(w, "title", 0x81, text);
    } else if (is("base") || is("page")) {
        string(w, 0x87, "objectClass");
    } else if (is("worst")) {
        unselective(w);
    } else {
        needle(person, part);
        substring(w, "cn", 0x81, part);
    }
    int all = is("eq") || is("base") || is("presub");
    end_search(w, search, all ? NULL : is("eq1") ? "mail" : "uid", is("and") || limited ? "cn" : NULL);
}

static void write_bind(struct writer *w) {
    char name[64] = "", password[32] = "";
    if (is("bindpw")) {
        long person = random_person();
        snprintf(name, sizeof name, "uid=u%07ld,%s", person, PEOPLE_BASE);
        snprintf(password, sizeof password, "secret%07ld", person);
    }
    size_t bind = begin(w, 0x60);
    number(w, 2, 3);
    string(w, 4, name);
    string(w, 0x80, password);
    end(w, bind);
}

static void write_compare(struct writer *w) {
    char name[64], value[16];
    long person = random_person();
    snprintf(name, sizeof name, "uid=u%07ld,%s", person, PEOPLE_BASE);
    snprintf(value, sizeof value, "%08ld", person);
    size_t compare = begin(w, 0x6e);
    string(w, 4, name);
    size_t assertion = begin(w, 0x30);
    string(w, 4, "employeeNumber");
    string(w, 4, value);
    end(w, assertion);
    end(w, compare);
}

/* The paged results control with the cookie of the page before. */
static void write_page_control(struct writer *w, const struct connection *connection) {
    size_t controls = begin(w, 0xa0), control = begin(w, 0x30);
    string(w, 4, "1.2.840.113556.1.4.319");
    size_t value = begin(w, 4), content = begin(w, 0x30);
    number(w, 2, page_size);
    octets(w, 4, connection->cookie, connection->cookie_length);
    end(w, content);
    end(w, value);
    end(w, control);
    end(w, controls);
}

static void write_request(struct writer *w, struct connection *connection, double time) {
    uint32_t id = ++connection->next_id;
    connection->started[id % answer_slots] = time;
    connection->entries[id % answer_slots] = 0;
    size_t message = begin(w, 0x30);
    number(w, 2, id);
    if (is("bind") || is("bindpw")) write_bind(w);
    else if (is("compare")) write_compare(w);
    else write_search(w);
    if (is("page")) write_page_control(w, connection);
    end(w, message);
}

/* Answers */

static long requests, all_entries, wrong;
static uint32_t latencies[latency_buckets];     /* microseconds */
static uint32_t slowest;

/* The element at an offset: its tag, and where its content starts and ends. */
struct element { uint8_t tag; size_t start, end; };

static int read_element(const uint8_t *bytes, size_t available, size_t at, struct element *element) {
    if (at + 2 > available) return 0;
    size_t length = bytes[at + 1], start = at + 2;
    if (length >= 0x80) {
        size_t count = length & 0x7f;
        if (count > 4 || start + count > available) return 0;
        length = 0;
        for (size_t i = 0; i < count; i++) length = length << 8 | bytes[start + i];
        start += count;
    }
    *element = (struct element){bytes[at], start, start + length};
    return element->end <= available;
}

static int expected(uint8_t tag, int code, long entries) {
    if (!checked) return 1;
    if (is("compare")) return tag == 0x6f && code == 6;
    if (is("bind") || is("bindpw")) return tag == 0x61 && code == 0;
    if (tag != 0x65) return 0;
    if (is_limited() && !is("submiss") && !is("sub2miss"))
        return (code == 4 && entries == 10) || (code == 0 && entries > 0 && entries <= 10);
    if (code != 0) return 0;
    if (is("submiss") || is("sub2miss")) return entries == 0;
    if (is("worst")) return entries > people / 20 && entries < people / 2;
    if (is("suball")) return entries >= people / 240 && entries <= people / 240 + 1;
    if (is("presub")) return entries == 10;
    if (is("page")) return entries > 0;
    return entries == 1;
}

/* The cookie in the controls after a SearchResultDone. */
static void take_cookie(struct connection *connection, const uint8_t *bytes, size_t at, size_t end) {
    struct element part = {0};
    /* controls, control, (its OID), value, the sequence in it, size, cookie: each inside or after the one before. */
    connection->cookie_length = 0;
    if (!read_element(bytes, end, at, &part) || part.tag != 0xa0) return;
    if (!read_element(bytes, end, part.start, &part) || !read_element(bytes, end, part.start, &part)) return;
    do {
        if (!read_element(bytes, end, part.end, &part)) return;
    } while (part.tag != 4);
    if (!read_element(bytes, end, part.start, &part) || !read_element(bytes, end, part.start, &part)) return;
    if (!read_element(bytes, end, part.end, &part) || part.end - part.start > sizeof connection->cookie) return;
    connection->cookie_length = part.end - part.start;
    memcpy(connection->cookie, bytes + part.start, connection->cookie_length);
}

/* Counts a request that took so long. */
static void count_latency(double seconds) {
    uint32_t microseconds = (uint32_t)(seconds * 1e6);
    if (microseconds > slowest) slowest = microseconds;
    latencies[microseconds < latency_buckets ? microseconds : latency_buckets - 1]++;
    requests++;
}

/* One message that came: 1 when it ends a request. */
static int take_message(struct connection *connection, const uint8_t *bytes, struct element message, double time) {
    struct element id, operation;
    if (!read_element(bytes, message.end, message.start, &id)
        || !read_element(bytes, message.end, id.end, &operation)) {
        fprintf(stderr, "load: an answer is no LDAP message\n");
        exit(1);
    }
    uint32_t value = 0;
    for (size_t at = id.start; at < id.end; at++) value = value << 8 | bytes[at];
    const uint32_t slot = value % answer_slots;
    if (operation.tag == 0x64) { connection->entries[slot]++; return 0; }
    if (operation.tag == 0x73) return 0;
    all_entries += connection->entries[slot];
    if (!expected(operation.tag, bytes[operation.start + 2], connection->entries[slot])) wrong++;
    if (is("page")) take_cookie(connection, bytes, operation.end, message.end);
    count_latency(time - connection->started[slot]);
    return 1;
}

static SSL_CTX *secure;              /* with -T */

/* Waits until a TLS session can go on; 0 where it has failed. */
static int wait_for(SSL *session, int result) {
    int reason = SSL_get_error(session, result);
    struct pollfd watched = {SSL_get_fd(session), reason == SSL_ERROR_WANT_WRITE ? POLLOUT : POLLIN, 0};
    if (reason != SSL_ERROR_WANT_WRITE && reason != SSL_ERROR_WANT_READ) return 0;
    return poll(&watched, 1, 10000) > 0;
}

static void send_all(const struct connection *connection, const struct writer *w) {
    for (size_t sent = 0; sent < w->count;) {
        ssize_t count = connection->session
            ? SSL_write(connection->session, w->bytes + sent, (int)(w->count - sent))
            : send(connection->descriptor, w->bytes + sent, w->count - sent, MSG_NOSIGNAL);
        if (count <= 0 && connection->session && wait_for(connection->session, (int)count)) continue;
        if (count <= 0) { perror("load: send"); exit(1); }
        sent += (size_t)count;
    }
}

/* What is there of it; -1 where nothing is. */
static ssize_t receive(struct connection *connection) {
    uint8_t *into = connection->bytes + connection->held;
    size_t room = receive_size - connection->held;
    if (!connection->session) return recv(connection->descriptor, into, room, MSG_DONTWAIT);
    ssize_t all = 0;
    int count;
    do {
        count = SSL_read(connection->session, into + all, (int)(room - (size_t)all));
        if (count > 0) all += count;
    } while (count > 0 && (size_t)all < room);
    if (all == 0 && SSL_get_error(connection->session, count) == SSL_ERROR_WANT_READ) { errno = EAGAIN; return -1; }
    return all;
}

/* Appends the next request, unless all that were wanted have been sent. */
static void write_next(struct writer *w, struct connection *connection, double time) {
    if (unsent == 0) return;
    if (unsent != no_limit) unsent--;
    write_request(w, connection, time);
}

/* Reads what there is, and sends a new request for each that ended, in one write. */
static void serve(struct connection *connection) {
    static uint8_t output[send_size];
    ssize_t count = receive(connection);
    if (count < 0 && errno == EAGAIN) return;
    if (count <= 0) { fprintf(stderr, "load: the server closed a connection\n"); exit(1); }
    connection->held += (size_t)count;
    struct writer w = {output, 0};
    double time = now();
    size_t done = 0;
    struct element message;
    while (read_element(connection->bytes, connection->held, done, &message)) {
        done = message.end;
        if (take_message(connection, connection->bytes, message, time)) write_next(&w, connection, time);
    }
    connection->held -= done;
    memmove(connection->bytes, connection->bytes + done, connection->held);
    send_all(connection, &w);
}

static uint32_t percentile(double share) {
    long wanted = (long)((double)requests * share), seen = 0;
    for (uint32_t at = 0; at < latency_buckets; at++)
        if ((seen += latencies[at]) > wanted) return at;
    return slowest;
}

static int server_port;

static void connect_to_server(struct connection *connection) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)server_port),
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int yes = 1;
    connection->descriptor = socket(AF_INET, SOCK_STREAM, 0);
    if (connect(connection->descriptor, (struct sockaddr *)&address, sizeof address)) {
        perror("load: connect");
        exit(1);
    }
    setsockopt(connection->descriptor, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    if (!secure) return;
    fcntl(connection->descriptor, F_SETFL, O_NONBLOCK);
    connection->session = SSL_new(secure);
    SSL_set_fd(connection->session, connection->descriptor);
}

/* Goes on with handshakes, one after the other, each over a connection of its own. */
static void shake_hands(struct connection *connection, int poll) {
    int result;
    while ((result = SSL_connect(connection->session)) == 1) {
        count_latency(now() - connection->opened);
        if (unsent != no_limit) unsent--;
        SSL_shutdown(connection->session);
        SSL_free(connection->session);
        close(connection->descriptor);
        if (unsent == 0) return;
        connection->opened = now();
        connect_to_server(connection);
        struct epoll_event event = {.events = EPOLLIN, .data.ptr = connection};
        epoll_ctl(poll, EPOLL_CTL_ADD, connection->descriptor, &event);
    }
    if (SSL_get_error(connection->session, result) != SSL_ERROR_WANT_READ) {
        fprintf(stderr, "load: a handshake failed\n");
        exit(1);
    }
}

static void open_connection(struct connection *connection, int poll) {
    connection->opened = now();
    connect_to_server(connection);
    connection->bytes = malloc(receive_size);
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = connection};
    epoll_ctl(poll, EPOLL_CTL_ADD, connection->descriptor, &event);
    if (is("handshake")) return shake_hands(connection, poll);
    for (int done = 0; connection->session && (done = SSL_connect(connection->session)) != 1;)
        if (!wait_for(connection->session, done)) { fprintf(stderr, "load: a handshake failed\n"); exit(1); }
    static uint8_t output[send_size];
    struct writer w = {output, 0};
    for (int i = 0; i < depth; i++) write_next(&w, connection, now());
    send_all(connection, &w);
}

static const char *const modes[] = {"eq", "eq1", "and", "base", "compare", "bind", "bindpw", "sub1", "sub2", "sub2miss",
                                    "sub3", "sub5", "submiss", "suball", "presub", "page", "worst", "handshake", NULL};

static volatile sig_atomic_t is_stopped;

static void stop_early(int signal) { (void)signal; is_stopped = 1; }

struct settings { int port, connections; double seconds; };

/* The command line; false where it makes no sense. */
static int read_arguments(int count, char **arguments, struct settings *chosen) {
    int option, known = 0;
    while ((option = getopt(count, arguments, "p:c:d:t:N:n:s:xT")) != -1) {
        switch (option) {
        case 'p': chosen->port = atoi(optarg); break;
        case 'c': chosen->connections = atoi(optarg); break;
        case 'd': depth = atoi(optarg); break;
        case 't': chosen->seconds = atof(optarg); break;
        case 'N': unsent = atol(optarg); break;
        case 'n': people = atol(optarg); break;
        case 's': seed = strtoull(optarg, NULL, 10); break;
        case 'x': checked = 0; break;
        case 'T': secure = SSL_CTX_new(TLS_client_method()); break;
        default: return 0;
        }
    }
    if (optind < count) mode = arguments[optind];
    for (int i = 0; modes[i]; i++) known |= is(modes[i]);
    if (is("page") || is("handshake")) depth = 1;
    return known && (secure || !is("handshake")) && chosen->connections >= 1 && chosen->connections <= most_connections && depth >= 1
        && depth <= most_depth && people >= 1 && (unsent == no_limit || unsent >= 1);
}

int main(int count, char **arguments) {
    static struct connection connections[most_connections];
    struct settings chosen = {3389, 8, 3};
    if (!read_arguments(count, arguments, &chosen)) {
        fprintf(stderr, "load: unknown mode %s, or a number out of range (see the head of load.c)\n", mode);
        return 2;
    }
    const long wanted = unsent;
    signal(SIGTERM, stop_early);
    signal(SIGPIPE, SIG_IGN);
    server_port = chosen.port;
    int poll = epoll_create1(0);
    for (int i = 0; i < chosen.connections; i++) open_connection(&connections[i], poll);
    struct epoll_event events[64];
    double started = now(), stop = started + chosen.seconds;
    while (!is_stopped && (wanted == no_limit ? now() < stop : requests < wanted)) {
        int ready = epoll_wait(poll, events, 64, 100);
        for (int i = 0; i < ready; i++) {
            if (is("handshake")) shake_hands(events[i].data.ptr, poll);
            else serve(events[i].data.ptr);
        }
    }
    double elapsed = now() - started;
    printf("mode=%s requests=%ld seconds=%.6f rate=%.0f entries=%ld p50=%u p99=%u max=%u wrong=%ld\n", mode, requests,
           elapsed, (double)requests / elapsed, all_entries, percentile(0.5), percentile(0.99), slowest, wrong);
    return wrong > 0 || requests == 0;
}
