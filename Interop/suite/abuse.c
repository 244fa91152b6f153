/* One kind of bad client, many times over: connects to an LDAP server on the loopback and misbehaves for a while.
 *
 * usage: abuse PORT SECONDS SEED REQUESTS KIND
 *   REQUESTS  a file of whole LDAP messages, each after its length in four octets, most significant first
 *
 *   random     octets at random, sometimes after the beginning of a message
 *   mutate     messages of the file with some octets changed, cut out, doubled or put in
 *   replay     messages of the file one after the other, without waiting; then reads until nothing comes
 *   churn      connects and is gone, with FIN or RST, with or without a message
 *   half       a message, then FIN, then reads to the end
 *   leave      messages and an unbind, and is gone without reading
 *   deaf       messages without end, and never reads
 *   loris      a message, one octet a second, on sixty connections
 *   silent     two hundred connections that say nothing
 *
 * Prints: kind=K connections=C sent=M (messages, or pieces of octets)
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { most_messages = 4096, most_octets = 1 << 22, slow_connections = 60, silent_connections = 200, deaf_connections = 20 };

typedef struct { const uint8_t *octets; uint32_t length; } message;

static struct sockaddr_in server;
static message messages[most_messages];
static unsigned message_count;
static uint64_t state;
static double end;
static unsigned long connections, sent;

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec + time.tv_nsec / 1e9;
}

/* xorshift64*: the same numbers for the same seed. */
static uint32_t below(uint32_t limit) {
    state ^= state >> 12, state ^= state << 25, state ^= state >> 27;
    return limit ? (uint32_t)((state * 0x2545F4914F6CDD1DULL) >> 32) % limit : 0;
}

static void load(const char *path) {
    FILE *file = fopen(path, "rb");
    uint8_t head[4];
    if (!file) { perror(path); exit(2); }
    while (message_count < most_messages && fread(head, 1, 4, file) == 4) {
        uint32_t length = (uint32_t)head[0] << 24 | head[1] << 16 | head[2] << 8 | head[3];
        uint8_t *octets = length <= most_octets ? malloc(length + 1) : NULL;
        if (!octets || fread(octets, 1, length, file) != length) { fprintf(stderr, "%s: cut short\n", path); exit(2); }
        messages[message_count++] = (message){octets, length};
    }
    fclose(file);
}

static int open_connection(void) {
    int made = socket(AF_INET, SOCK_STREAM, 0);
    struct timeval limit = {.tv_usec = 200000};
    if (made < 0) return -1;
    setsockopt(made, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    setsockopt(made, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
    if (connect(made, (struct sockaddr *)&server, sizeof server)) {
        close(made);
        usleep(1000);
        return -1;
    }
    connections++;
    return made;
}

/* Whether all of it was taken. */
static int say(int to, const void *octets, size_t length) {
    const uint8_t *next = octets;
    while (length > 0) {
        ssize_t count = send(to, next, length, MSG_NOSIGNAL);
        if (count <= 0) return 0;
        next += count, length -= count;
    }
    sent++;
    return 1;
}

static message any(void) { return messages[below(message_count)]; }

/* Reads until the end, or until nothing has come for so many milliseconds. */
static void drain(int from, int milliseconds) {
    static uint8_t ignored[1 << 16];
    struct pollfd waited = {.fd = from, .events = POLLIN};
    while (now() < end && poll(&waited, 1, milliseconds) > 0 && recv(from, ignored, sizeof ignored, 0) > 0) {}
}

static void reset(int connection) {
    struct linger at_once = {.l_onoff = 1};
    setsockopt(connection, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
}

static void send_random(int to) {
    uint8_t octets[512];
    size_t length = 1 + below(sizeof octets - 1);
    for (size_t i = 0; i < length; i++) octets[i] = below(256);
    if (below(2)) octets[0] = 0x30;
    if (below(2) && length > 4) octets[1] = length - 2 < 128 ? length - 2 : 0x82, octets[2] = 2, octets[3] = 1;
    say(to, octets, length);
}

static void send_mutated(int to) {
    static uint8_t octets[2 * most_octets];
    for (unsigned count = 1 + below(4); count > 0; count--) {
        message original = any();
        size_t length = original.length;
        if (length > 4096 && below(20)) continue;
        memcpy(octets, original.octets, length);
        for (unsigned changes = 1 + below(6); changes > 0 && length > 2; changes--) {
            size_t at = below(length), size = 1 + below(8);
            if (size > length - at) size = length - at;
            switch (below(6)) {
            case 0: octets[at] = below(256); break;
            case 1: octets[at] ^= 1 << below(8); break;
            case 2: octets[at] = (uint8_t[]){0, 0x7F, 0x80, 0x84, 0xFF, 0x30}[below(6)]; break;
            case 3: memmove(octets + at, octets + at + size, length - at - size), length -= size; break;
            case 4: memmove(octets + at + size, octets + at, length - at), length += size; break;
            case 5: length = at + 1; break;
            }
        }
        if (!say(to, octets, length)) return;
    }
}

static void once(const char *kind, int connection) {
    if (!strcmp(kind, "random")) {
        send_random(connection);
        drain(connection, 1);
    } else if (!strcmp(kind, "mutate")) {
        send_mutated(connection);
        drain(connection, 2);
    } else if (!strcmp(kind, "replay")) {
        for (unsigned count = 1 + below(500); count > 0 && now() < end; count--) {
            message next = any();
            if (next.length > 4096 && below(50)) continue;
            if (!say(connection, next.octets, next.length)) break;
        }
        drain(connection, 50);
    } else if (!strcmp(kind, "churn")) {
        if (below(2)) say(connection, any().octets, 2 + below(10));
        if (below(2)) reset(connection);
    } else if (!strcmp(kind, "half")) {
        message next = any();
        say(connection, next.octets, next.length);
        shutdown(connection, SHUT_WR);
        drain(connection, 50);
    } else if (!strcmp(kind, "leave")) {
        static const uint8_t unbind[] = {0x30, 5, 2, 1, 99, 0x42, 0};
        for (unsigned count = 1 + below(20); count > 0; count--) {
            message next = any();
            if (next.length < 4096 && !say(connection, next.octets, next.length)) break;
        }
        say(connection, unbind, sizeof unbind);
        if (below(2)) reset(connection);
    }
}

static int open_deaf(void) {
    int made = open_connection(), small = 2048;
    if (made >= 0) setsockopt(made, SOL_SOCKET, SO_RCVBUF, &small, sizeof small);
    return made;
}

/* Many connections at a time, until the end. */
static void linger(const char *kind) {
    int is_deaf = !strcmp(kind, "deaf"), is_slow = !strcmp(kind, "loris");
    int count = is_deaf ? deaf_connections : is_slow ? slow_connections : silent_connections;
    int held[silent_connections];
    size_t at[silent_connections] = {0};
    for (int i = 0; i < count; i++) held[i] = is_deaf ? open_deaf() : open_connection();
    while (now() < end) {
        for (int i = 0; i < count; i++) {
            message said = messages[is_deaf ? 0 : i % message_count];
            ssize_t taken;
            do {
                size_t rest = is_deaf ? said.length - at[i] : is_slow && at[i] + 1 < said.length;
                taken = rest ? send(held[i], said.octets + at[i], rest, MSG_NOSIGNAL | MSG_DONTWAIT) : 0;
                if (taken > 0) at[i] += taken, sent++;
                if (is_deaf && at[i] == said.length) at[i] = 0;
            } while (is_deaf && taken > 0 && now() < end);
            if (is_deaf && taken < 0 && errno != EAGAIN) {
                close(held[i]);
                held[i] = open_deaf(), at[i] = 0;
            }
        }
        double rest = end - now(), pause = is_deaf ? 0.02 : 1;
        if (rest > 0) usleep(1e6 * (rest < pause ? rest : pause));
    }
}

int main(int count, char **words) {
    if (count != 6) { fprintf(stderr, "usage: abuse PORT SECONDS SEED REQUESTS KIND\n"); return 2; }
    const char *kind = words[5];
    signal(SIGPIPE, SIG_IGN);
    server.sin_family = AF_INET;
    server.sin_port = htons(atoi(words[1]));
    server.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    end = now() + atof(words[2]);
    state = strtoull(words[3], NULL, 10) * 2 + 1;
    load(words[4]);
    if (!message_count) return 2;
    if (strstr("deaf loris silent", kind)) linger(kind);
    while (now() < end) {
        int connection = open_connection();
        if (connection < 0) continue;
        once(kind, connection);
        close(connection);
    }
    printf("kind=%s connections=%lu sent=%lu\n", kind, connections, sent);
    return 0;
}
