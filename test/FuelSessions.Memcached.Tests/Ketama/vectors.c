/*
 * Made vectors.txt, with libmemcached 1.1.4 (Debian 12: libmemcached-dev):
 *
 *   cc vectors.c -o vectors -lmemcached && ./vectors > vectors.txt
 *
 * A line "servers" names host:port:weight of each server; each line after it a key, and the number of the server that
 * libmemcached sends it to with MEMCACHED_BEHAVIOR_KETAMA_WEIGHTED.
 */
#include <libmemcached/memcached.h>
#include <stdio.h>
#include <string.h>

static const char *rings[] = {
  "10.0.0.1:11211:1",
  "10.0.0.1:11211:1 10.0.0.2:11211:1",
  "10.0.0.1:11211:1 10.0.0.2:11211:1 10.0.0.3:11211:1",
  "127.0.0.1:11311:1 127.0.0.1:11312:1 127.0.0.1:11313:1",
  "cache-a:11211:1 cache-b:11311:2 cache-c:11211:5",
  "cache-a:11211:100 cache-b:11211:100 cache-c.example.org:22122:33 cache-d:11211:1",
  "a:1:7 b:2:11 c:3:13 d:4:17 e:5:19 f:6:23 g:7:29",
  "10.1.0.1:11211:600 10.1.0.2:11211:300 10.1.0.3:11211:200 10.1.0.4:11211:350 10.1.0.5:11211:1000 10.1.0.6:11211:800 10.1.0.7:11211:950 10.1.0.8:11211:100",
};

int main(void) {
  for (size_t ring = 0; ring < sizeof rings / sizeof *rings; ring++) {
    memcached_st *client = memcached_create(NULL);
    memcached_behavior_set(client, MEMCACHED_BEHAVIOR_KETAMA_WEIGHTED, 1);
    memcached_server_list_st servers = NULL;
    memcached_return_t result;
    char text[1024], host[256];
    int port, weight;
    strcpy(text, rings[ring]);
    for (char *server = strtok(text, " "); server; server = strtok(NULL, " ")) {
      sscanf(server, "%255[^:]:%d:%d", host, &port, &weight);
      servers = memcached_server_list_append_with_weight(servers, host, port, weight, &result);
    }
    memcached_server_push(client, servers);
    printf("servers %s\n", rings[ring]);
    unsigned long long state = 88172645463325252ULL + ring;
    for (int number = 0; number < 150; number++) {
      char key[64];
      unsigned long long half[2];
      for (int part = 0; part < 2; part++) {
        state ^= state << 13; state ^= state >> 7; state ^= state << 17;
        half[part] = state;
      }
      int length = sprintf(key, "fuel:session:%016llx%016llx", half[0], half[1]);
      printf("%s %u\n", key, memcached_generate_hash(client, key, length));
    }
    memcached_free(client);
  }
  return 0;
}
