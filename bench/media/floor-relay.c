/* The floor: what forwarding RTP costs where nothing is encrypted, rewritten or understood. One thread, one epoll, two sockets a call. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

struct side {
  int socket;
  struct side *other;
  struct sockaddr_in peer;
  int known;
};

static struct side *open_side(int epoll) {
  struct side *side = calloc(1, sizeof *side);
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  side->socket = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);
  if (bind(side->socket, (struct sockaddr *)&address, sizeof address) != 0) exit(1);
  struct epoll_event event = {.events = EPOLLIN, .data.ptr = side};
  epoll_ctl(epoll, EPOLL_CTL_ADD, side->socket, &event);
  return side;
}

static int port_of(struct side *side) {
  struct sockaddr_in address;
  socklen_t length = sizeof address;
  getsockname(side->socket, (struct sockaddr *)&address, &length);
  return ntohs(address.sin_port);
}

/* Prints two ports for each call, then relays until it is killed. */
int main(int count, char **arguments) {
  int calls = count > 1 ? atoi(arguments[1]) : 1;
  int epoll = epoll_create1(0);
  for (int call = 0; call < calls; call++) {
    struct side *a = open_side(epoll), *b = open_side(epoll);
    a->other = b;
    b->other = a;
    printf("%d %d\n", port_of(a), port_of(b));
  }
  fflush(stdout);
  char packet[2048];
  struct epoll_event events[256];
  for (;;) {
    int ready = epoll_wait(epoll, events, 256, -1);
    for (int index = 0; index < ready; index++) {
      struct side *side = events[index].data.ptr;
      socklen_t length = sizeof side->peer;
      ssize_t size;
      while ((size = recvfrom(side->socket, packet, sizeof packet, 0, (struct sockaddr *)&side->peer, &length)) > 0) {
        side->known = 1;
        if (side->other->known) sendto(side->other->socket, packet, size, 0, (struct sockaddr *)&side->other->peer, sizeof side->other->peer);
      }
    }
  }
}
