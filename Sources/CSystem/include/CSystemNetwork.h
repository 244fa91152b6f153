// epoll, eventfd and accept4, which Swift's Glibc module leaves out; see CSystem.h.
#pragma once
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

// Declared by <sys/socket.h> under _GNU_SOURCE only, which clashes with Swift's own view of the C library.
int accept4(int descriptor, struct sockaddr *address, socklen_t *length, int flags);

// epoll_ctl(2) with the event's fields as arguments: the packed struct and its union stay in C.
static inline int csystem_epoll_control(int epoll, int operation, int descriptor, uint32_t events, uint64_t token) {
    struct epoll_event event = {.events = events, .data.u64 = token};
    return epoll_ctl(epoll, operation, descriptor, &event);
}

static inline uint32_t csystem_event_flags(const struct epoll_event *event) { return event->events; }
static inline uint64_t csystem_event_token(const struct epoll_event *event) { return event->data.u64; }

// SO_PEERCRED fills a struct ucred, which <sys/socket.h> declares under _GNU_SOURCE only: three 32-bit numbers.
static inline int csystem_peer_credentials(int descriptor, int32_t *process, uint32_t *user, uint32_t *group) {
    struct { int32_t process; uint32_t user, group; } credentials = {0, 0, 0};
    socklen_t length = sizeof credentials;
    if (getsockopt(descriptor, SOL_SOCKET, SO_PEERCRED, &credentials, &length) != 0) return -1;
    *process = credentials.process, *user = credentials.user, *group = credentials.group;
    return 0;
}

// The supplementary groups of the process at the other end of a connected Unix socket (SO_PEERGROUPS): up to `capacity` of them are
// written to `groups`. How many there are, or -1 with errno, ERANGE where there are more.
static inline int csystem_peer_groups(int descriptor, uint32_t *groups, int capacity) {
    socklen_t length = (socklen_t)capacity * sizeof *groups;
    if (getsockopt(descriptor, SOL_SOCKET, SO_PEERGROUPS, groups, &length) != 0) return -1;
    return (int)(length / sizeof *groups);
}

// Enumerators and macros that reach Swift under differing types.
enum {
    CSYSTEM_EPOLL_ADD = EPOLL_CTL_ADD,
    CSYSTEM_EPOLL_MODIFY = EPOLL_CTL_MOD,
    CSYSTEM_EPOLL_REMOVE = EPOLL_CTL_DEL,
    CSYSTEM_EPOLL_CLOSE_ON_EXEC = EPOLL_CLOEXEC,
    CSYSTEM_EVENTFD_FLAGS = EFD_CLOEXEC | EFD_NONBLOCK,
    CSYSTEM_SOCKET_FLAGS = SOCK_CLOEXEC | SOCK_NONBLOCK,
    CSYSTEM_STREAM_SOCKET = SOCK_STREAM,
    CSYSTEM_READABLE = EPOLLIN,
    CSYSTEM_WRITABLE = EPOLLOUT,
    CSYSTEM_BROKEN = EPOLLERR | EPOLLHUP,
    CSYSTEM_DATAGRAM_SOCKET = SOCK_DGRAM,
    CSYSTEM_RECEIVE_FLAGS = MSG_DONTWAIT,
    CSYSTEM_PEEK_FLAGS = MSG_DONTWAIT | MSG_PEEK,
    CSYSTEM_SEND_FLAGS = MSG_DONTWAIT | MSG_NOSIGNAL,
};
