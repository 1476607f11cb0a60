/*
 * Calls' worth of packets through a relay, told by lines what to do: a browser and a telephone a call, 50 packets a second each way. In C, so that
 * three hundred calls leave the relay a core of its own. Knows nothing of ICE or DTLS: it goes on from sockets whose owner has done that and closed them.
 *
 *   call ADDRESS PORT RELAY_ADDRESS RELAY_PORT PHONE_PORT RELAY_PHONE_PORT SSRC SEND_KEY RECEIVE_KEY   (keys in hex, "-" where nothing is encrypted)
 *                              answers "added", or "taken": somebody else has one of its ports by now
 *   drop COUNT                 the oldest calls let go of their sockets
 *   run SECONDS                answers with: sent received p50 p99 p99.9   (packets; microseconds)
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <srtp2/srtp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

enum { HEADER = 12, PAYLOAD = 160, PACKET = HEADER + PAYLOAD, ROOM = 2048, SLOTS = 20, KEY = 30 };
/* What a relay begins a packet of its own with, made to fill a pause: it is not credited with it. Those sent here begin with an instant. */
static const uint8_t SILENCE = 0xff;
static const uint64_t SLOT_NS = 1000000, FRAME_NS = SLOTS * 1000000ull, LONGEST_NS = 60 * 1000000000ull;

struct end {
  int socket;
  struct sockaddr_in relay;
  uint32_t ssrc;
  uint16_t sequence;
  /* Null where nothing is encrypted. */
  srtp_t out, in;
};
struct call {
  struct end browser, phone;
};

static struct call **calls;
static int call_count, call_room;
static int epoll_set, timer;
static float *latencies;
static size_t sent, received, timed, latency_room;

static void fail(const char *what) {
  perror(what);
  exit(1);
}

static uint64_t now_ns(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1000000000ull + now.tv_nsec;
}

static struct sockaddr_in address_of(const char *host, int port) {
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
  if (inet_pton(AF_INET, host, &address.sin_addr) != 1) fail(host);
  return address;
}

/* 0 where somebody else took the port since its owner closed it. */
static int open_end(struct end *end, const char *host, int port, const char *relay_host, int relay_port) {
  struct sockaddr_in own = address_of(host, port);
  end->relay = address_of(relay_host, relay_port);
  end->socket = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);
  if (end->socket < 0) fail("socket");
  if (bind(end->socket, (struct sockaddr *)&own, sizeof own) != 0) {
    if (errno != EADDRINUSE) fail("bind");
    close(end->socket);
    return 0;
  }
  struct epoll_event event = {.events = EPOLLIN, .data.ptr = end};
  if (epoll_ctl(epoll_set, EPOLL_CTL_ADD, end->socket, &event) != 0) fail("epoll_ctl");
  return 1;
}

static srtp_t session_of(const char *hex, srtp_ssrc_type_t direction) {
  uint8_t key[KEY];
  for (int index = 0; index < KEY; index++) {
    unsigned octet;
    if (sscanf(hex + 2 * index, "%2x", &octet) != 1) fail("key");
    key[index] = octet;
  }
  srtp_policy_t policy = {.ssrc = {.type = direction}, .key = key, .window_size = 1024, .allow_repeat_tx = 1};
  srtp_crypto_policy_set_aes_cm_128_hmac_sha1_80(&policy.rtp);
  srtp_crypto_policy_set_aes_cm_128_hmac_sha1_80(&policy.rtcp);
  srtp_t session;
  if (srtp_create(&session, &policy) != srtp_err_status_ok) fail("srtp_create");
  return session;
}

static int add_call(const char *line) {
  char host[64], relay_host[64], send_key[80], receive_key[80];
  int port, relay_port, phone_port, relay_phone_port;
  uint32_t ssrc;
  if (sscanf(line, "call %63s %d %63s %d %d %d %u %79s %79s", host, &port, relay_host, &relay_port, &phone_port, &relay_phone_port, &ssrc, send_key, receive_key) != 9) fail(line);
  struct call *call = calloc(1, sizeof *call);
  if (!open_end(&call->browser, host, port, relay_host, relay_port)) {
    free(call);
    return 0;
  }
  if (!open_end(&call->phone, "127.0.0.1", phone_port, "127.0.0.1", relay_phone_port)) {
    close(call->browser.socket);
    free(call);
    return 0;
  }
  call->browser.ssrc = ssrc;
  call->phone.ssrc = 0x12345678;
  if (send_key[0] != '-') {
    call->browser.out = session_of(send_key, ssrc_any_outbound);
    call->browser.in = session_of(receive_key, ssrc_any_inbound);
  }
  if (call_count == call_room) calls = realloc(calls, (call_room = 2 * call_room + 64) * sizeof *calls);
  calls[call_count++] = call;
  return 1;
}

static void drop_calls(int count) {
  for (int index = 0; index < count; index++) {
    struct call *call = calls[index];
    close(call->browser.socket);
    close(call->phone.socket);
    if (call->browser.out != NULL) {
      srtp_dealloc(call->browser.out);
      srtp_dealloc(call->browser.in);
    }
    free(call);
  }
  call_count -= count;
  memmove(calls, calls + count, call_count * sizeof *calls);
}

static void send_from(struct end *end) {
  _Alignas(8) uint8_t packet[ROOM] = {0x80};
  uint64_t now = now_ns();
  /* By the clock and not by the count: that the generator was held up by a busy machine is no jitter of a network, which ours would mend. */
  uint32_t rtp_time = htonl((uint32_t)(now / 125000)), ssrc = htonl(end->ssrc);
  uint16_t sequence = htons(end->sequence++);
  memcpy(packet + 2, &sequence, 2);
  memcpy(packet + 4, &rtp_time, 4);
  memcpy(packet + 8, &ssrc, 4);
  memset(packet + HEADER, SILENCE, PAYLOAD);
  /* Its first octet is the clock's highest: not that of silence for another five centuries. */
  now = htobe64(now);
  memcpy(packet + HEADER, &now, 8);
  int length = PACKET;
  if (end->out != NULL && srtp_protect(end->out, packet, &length) != srtp_err_status_ok) fail("srtp_protect");
  if (sendto(end->socket, packet, length, 0, (struct sockaddr *)&end->relay, sizeof end->relay) == length) sent++;
}

static void receive_at(struct end *end) {
  _Alignas(8) uint8_t packet[ROOM];
  ssize_t size;
  while ((size = recv(end->socket, packet, sizeof packet, 0)) > 0) {
    int length = size;
    /* Audio alone: no checks, no reports. */
    if (length < HEADER || packet[0] >> 6 != 2 || (packet[1] >= 192 && packet[1] <= 223)) continue;
    if (end->in != NULL && srtp_unprotect(end->in, packet, &length) != srtp_err_status_ok) continue;
    if (length != PACKET || packet[HEADER] == SILENCE) continue;
    uint64_t sent_at;
    memcpy(&sent_at, packet + HEADER, 8);
    received++;
    /* One that was mended on its way says no instant any more. */
    uint64_t took = now_ns() - be64toh(sent_at);
    if (took < LONGEST_NS && timed < latency_room) latencies[timed++] = took / 1000.0f;
  }
}

/* Reads what has come until the next slot begins. */
static void wait_until(uint64_t instant) {
  struct itimerspec when = {.it_value = {.tv_sec = instant / 1000000000, .tv_nsec = instant % 1000000000}};
  timerfd_settime(timer, TFD_TIMER_ABSTIME, &when, NULL);
  struct epoll_event events[256];
  do {
    int ready = epoll_wait(epoll_set, events, 256, now_ns() >= instant ? 0 : -1);
    for (int index = 0; index < ready; index++) {
      uint64_t expirations;
      if (events[index].data.ptr != NULL) receive_at(events[index].data.ptr);
      else if (read(timer, &expirations, sizeof expirations) < 0 && errno != EAGAIN) fail("timer");
    }
  } while (now_ns() < instant);
}

static int by_size(const void *one, const void *other) {
  float a = *(const float *)one, b = *(const float *)other;
  return (a > b) - (a < b);
}

static void run(double seconds) {
  int slots = seconds * 1000;
  latency_room = (size_t)(seconds * 50 + 2) * 2 * call_count;
  latencies = realloc(latencies, latency_room * sizeof *latencies);
  /* What came while nobody read is nobody's delay. */
  wait_until(now_ns() + SLOT_NS);
  sent = received = timed = 0;
  uint64_t started_at = now_ns();
  for (int slot = 0; slot < slots; slot++) {
    uint64_t due = started_at + slot * SLOT_NS, now = now_ns();
    /* Held up by a busy machine, it goes on from now: made good at once, the delay would be a burst that no calls make. */
    if (now > due + FRAME_NS) started_at += now - due;
    wait_until(due);
    /* Calls are spread over the 20 ms, as people who dial are. */
    for (int index = slot % SLOTS; index < call_count; index += SLOTS) {
      send_from(&calls[index]->browser);
      send_from(&calls[index]->phone);
    }
  }
  wait_until(now_ns() + 200 * 1000000ull);
  qsort(latencies, timed, sizeof *latencies, by_size);
  printf("%zu %zu", sent, received);
  const double shares[] = {0.5, 0.99, 0.999};
  for (int index = 0; index < 3; index++) printf(" %.1f", timed == 0 ? 0 : latencies[(size_t)(timed * shares[index])]);
  printf("\n");
  fflush(stdout);
}

int main(void) {
  char line[512];
  if (srtp_init() != srtp_err_status_ok) fail("srtp_init");
  epoll_set = epoll_create1(0);
  timer = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK);
  struct epoll_event event = {.events = EPOLLIN, .data.ptr = NULL};
  epoll_ctl(epoll_set, EPOLL_CTL_ADD, timer, &event);
  while (fgets(line, sizeof line, stdin) != NULL) {
    if (strncmp(line, "call ", 5) == 0) {
      printf(add_call(line) ? "added\n" : "taken\n");
      fflush(stdout);
    }
    else if (strncmp(line, "drop ", 5) == 0) drop_calls(atoi(line + 5));
    else if (strncmp(line, "run ", 4) == 0) run(atof(line + 4));
  }
  return 0;
}
