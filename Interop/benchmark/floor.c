/* The floor: what reading requests and writing answers costs when nothing is looked up. It frames each message, takes
 * the messageID, and sends an answer made beforehand: one entry of the benchmark's size and a SearchResultDone for a
 * search, a result for anything else that has one. One thread. A real server cannot be faster on the same machine by
 * the same means. Its answers are as long as the real server's to the octet: the benchmark asks that one first.
 *
 * usage: floor PORT OCTETS    (of a message with an entry, in answer to a messageID of three octets)
 */
#define _GNU_SOURCE
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { receive_size = 256 * 1024, answer_size = 1024 * 1024, largest_entry = 16384, most_events = 64 };

/* What has come of a message that is not complete yet. */
struct peer {
    int descriptor;
    size_t held;
    uint8_t *bytes;
};

static uint8_t answers[answer_size];
static size_t answered;
static size_t entry_size;       /* octets of what SearchResultEntry holds */

/* Octets of a complete message at the start of the input, 0 when more are needed, -1 when this is no LDAP message. */
static long message_length(const uint8_t *at, size_t available) {
    if (available < 2) return 0;
    if (at[0] != 0x30) return -1;
    size_t length = at[1], header = 2;
    if (length >= 0x80) {
        size_t count = length & 0x7f;
        if (count == 0 || count > 4) return -1;
        if (available < 2 + count) return 0;
        length = 0;
        for (size_t i = 0; i < count; i++) length = length << 8 | at[2 + i];
        header += count;
    }
    return available >= header + length ? (long)(header + length) : 0;
}

static size_t header_size(size_t length) { return length < 0x80 ? 2 : length < 0x100 ? 3 : 4; }

/* A tag and a length, in the fewest octets. */
static uint8_t *header(uint8_t *out, uint8_t tag, size_t length) {
    *out++ = tag;
    if (length >= 0x100) *out++ = 0x82, *out++ = (uint8_t)(length >> 8);
    else if (length >= 0x80) *out++ = 0x81;
    *out++ = (uint8_t)length;
    return out;
}

/* Appends LDAPMessage { messageID, operation }; the messageID's octets are the request's own. */
static void answer(const uint8_t *message_id, size_t id_length, uint8_t tag, const uint8_t *content, size_t length) {
    uint8_t *out = header(answers + answered, 0x30, id_length + header_size(length) + length);
    memcpy(out, message_id, id_length), out += id_length;
    out = header(out, tag, length);
    memcpy(out, content, length), out += length;
    answered = (size_t)(out - answers);
}

/* One request. False: the peer says goodbye. */
static int handle(const uint8_t *message, long length) {
    static const uint8_t success[] = {0x0a, 1, 0, 4, 0, 4, 0}, compared_true[] = {0x0a, 1, 6, 4, 0, 4, 0};
    static uint8_t entry[largest_entry];
    const uint8_t *at = message + (message[1] < 0x80 ? 2 : 2 + (message[1] & 0x7f));
    if (length < 7 || at[0] != 0x02 || at[1] > 4) return 0;
    const size_t id_length = 2u + at[1];
    switch (at[id_length]) {
    case 0x60: answer(at, id_length, 0x61, success, sizeof success); return 1;
    case 0x63:
        answer(at, id_length, 0x64, entry, entry_size);
        answer(at, id_length, 0x65, success, sizeof success);
        return 1;
    case 0x6e: answer(at, id_length, 0x6f, compared_true, sizeof compared_true); return 1;
    default: return 0;
    }
}

static void close_peer(struct peer *peer) {
    close(peer->descriptor);
    free(peer->bytes);
    free(peer);
}

/* Sends everything; the socket is a blocking one, which a load generator that always reads never makes wait. */
static int flush(int descriptor) {
    size_t sent = 0;
    while (sent < answered) {
        ssize_t count = send(descriptor, answers + sent, answered - sent, MSG_NOSIGNAL);
        if (count <= 0) return 0;
        sent += (size_t)count;
    }
    answered = 0;
    return 1;
}

static void serve(struct peer *peer) {
    ssize_t count = recv(peer->descriptor, peer->bytes + peer->held, receive_size - peer->held, MSG_DONTWAIT);
    if (count < 0 && errno == EAGAIN) return;
    if (count <= 0) { close_peer(peer); return; }
    peer->held += (size_t)count;
    size_t done = 0;
    for (;;) {
        long length = message_length(peer->bytes + done, peer->held - done);
        if (length == 0) break;
        if (length < 0 || !handle(peer->bytes + done, length)) { close_peer(peer); return; }
        done += (size_t)length;
        if (answered > answer_size - 2 * largest_entry && !flush(peer->descriptor)) { close_peer(peer); return; }
    }
    memmove(peer->bytes, peer->bytes + done, peer->held -= done);
    if (!flush(peer->descriptor)) close_peer(peer);
}

int main(int count, char **arguments) {
    const size_t around = 4 + 3 + 4;    /* the message's header, the messageID, the entry's header */
    const size_t wanted = count == 3 ? (size_t)atol(arguments[2]) : 0;
    if (wanted < 0x100 + around || wanted > largest_entry) {
        fprintf(stderr, "usage: floor PORT OCTETS (of an entry's message: %zu to %d)\n", 0x100 + around, largest_entry);
        return 2;
    }
    entry_size = wanted - around;
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)atoi(arguments[1])),
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int listener = socket(AF_INET, SOCK_STREAM, 0), yes = 1;
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    if (bind(listener, (struct sockaddr *)&address, sizeof address) || listen(listener, 128)) {
        perror("floor");
        return 1;
    }
    int poll = epoll_create1(0);
    struct epoll_event listening = {.events = EPOLLIN}, events[most_events];
    epoll_ctl(poll, EPOLL_CTL_ADD, listener, &listening);
    for (;;) {
        int ready = epoll_wait(poll, events, most_events, -1);
        for (int i = 0; i < ready; i++) {
            if (events[i].data.ptr) { serve(events[i].data.ptr); continue; }
            struct peer *peer = calloc(1, sizeof *peer);
            peer->descriptor = accept(listener, NULL, NULL);
            peer->bytes = malloc(receive_size);
            setsockopt(peer->descriptor, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
            struct epoll_event event = {.events = EPOLLIN, .data.ptr = peer};
            epoll_ctl(poll, EPOLL_CTL_ADD, peer->descriptor, &event);
        }
    }
}
