/*
 * From a host's name to a connected socket, with a deadline for each step.
 * Owns nothing after it returns; knows nothing of what will be said on the connection.
 */
#ifndef HOERING_FETCH_NET_H
#define HOERING_FETCH_NET_H

#include <stddef.h>
#include <sys/socket.h>

#include "base/why.h"

#define NET_ADDRESSES 16

struct net_addresses {
	size_t n;
	struct net_address {
		struct sockaddr_storage at;
		socklen_t               size;
	} list[NET_ADDRESSES];
};

/* getaddrinfo(3) in a child, because it has no deadline of its own. */
enum outcome net_resolve(const char *host, unsigned port, struct net_addresses *out, struct why *why) MUST_CHECK;

/*
 * Tries every address in turn. `loopback_only`: an address that leaves this machine is refused before a packet is sent.
 * The socket is non-blocking and close-on-exec.
 */
enum outcome net_connect(const struct net_addresses *a, int loopback_only, int *fd, struct why *why) MUST_CHECK;

#endif
