/* The far sides of a relay, and a relay that is as fast as this machine goes.
 *
 *   peer source [-t CERT] [-r RATE]   serves GET /SIZE/anything: SIZE bytes
 *   peer sink [-t CERT] [-r RATE]     takes the body of any POST, answers 204
 *   peer copy [-t] SOURCE_PORT SINK_PORT SIZE COUNT
 *
 * Servers listen on 127.0.0.1 and print their port. CERT is a PEM file with certificate
 * and key, RATE is in bytes a second for each connection. `copy` moves COUNT bodies of
 * SIZE bytes, one after the other, without looking at them: between plain sockets they
 * never leave the kernel. It prints seconds of wall and of CPU as JSON.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

enum { PIECE = 256 * 1024, HEAD = 64 * 1024 };

struct link {
    int fd;
    SSL *ssl;
};

static SSL_CTX *context;
static double rate;
static int is_sink;

static void die(const char *what) {
    perror(what);
    exit(1);
}

static double seconds(clockid_t clock) {
    struct timespec now;
    clock_gettime(clock, &now);
    return now.tv_sec + now.tv_nsec / 1e9;
}

static ssize_t get(struct link *link, char *data, size_t size) {
    return link->ssl ? SSL_read(link->ssl, data, (int)size) : read(link->fd, data, size);
}

static int put(struct link *link, const char *data, size_t size) {
    while (size) {
        ssize_t sent = link->ssl ? SSL_write(link->ssl, data, (int)size)
                                 : write(link->fd, data, size);
        if (sent <= 0)
            return 0;
        data += sent;
        size -= (size_t)sent;
    }
    return 1;
}

/* Keep to the rate: wait until `done` bytes may have gone since `began`. */
static void pace(double began, long long done) {
    double early = rate ? began + done / rate - seconds(CLOCK_MONOTONIC) : 0;
    if (early > 0)
        usleep((useconds_t)(early * 1e6));
}

/* Read a head; return its length with the blank line, 0 at the end. `have` is all read. */
static size_t read_head(struct link *link, char *head, size_t *have) {
    *have = 0;
    for (;;) {
        ssize_t got = get(link, head + *have, HEAD - 1 - *have);
        if (got <= 0)
            return 0;
        *have += (size_t)got;
        head[*have] = 0;
        char *end = strstr(head, "\r\n\r\n");
        if (end)
            return (size_t)(end - head) + 4;
    }
}

static long long body_length(const char *head) {
    const char *found = strcasestr(head, "\r\ncontent-length:");
    return found ? atoll(found + 17) : 0;
}

static int serve_source(struct link *link, const char *head, const char *data) {
    long long size = atoll(head + strlen("GET /")), done = 0;
    char answer[256];
    int length = snprintf(answer, sizeof answer,
                          "HTTP/1.1 200 OK\r\nContent-Type: application/octet-stream\r\n"
                          "Content-Length: %lld\r\n\r\n", size);
    double began = seconds(CLOCK_MONOTONIC);
    if (!put(link, answer, (size_t)length))
        return 0;
    while (done < size) {
        size_t piece = size - done < PIECE ? (size_t)(size - done) : PIECE;
        if (!put(link, data, piece))
            return 0;
        done += (long long)piece;
        pace(began, done);
    }
    return 1;
}

static int serve_sink(struct link *link, long long left, char *data) {
    double began = seconds(CLOCK_MONOTONIC);
    long long done = 0;
    while (done < left) {
        ssize_t got = get(link, data, PIECE);
        if (got <= 0)
            return 0;
        done += got;
        pace(began, done);
    }
    return put(link, "HTTP/1.1 204 No Content\r\n\r\n", 27);
}

static void *serve(void *given) {
    struct link link = {(int)(long)given, NULL};
    char *head = malloc(HEAD), *data = calloc(1, PIECE);
    size_t have, length;
    if (context) {
        link.ssl = SSL_new(context);
        SSL_set_fd(link.ssl, link.fd);
        if (SSL_accept(link.ssl) != 1)
            goto end;
    }
    while ((length = read_head(&link, head, &have))) {
        long long left = body_length(head) - (long long)(have - length);
        if (!(is_sink ? serve_sink(&link, left, data) : serve_source(&link, head, data)))
            break;
    }
end:
    if (link.ssl)
        SSL_free(link.ssl);
    close(link.fd);
    free(head);
    free(data);
    return NULL;
}

static void listen_for_ever(void) {
    struct sockaddr_in here = {.sin_family = AF_INET,
                               .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof here;
    int fd = socket(AF_INET, SOCK_STREAM, 0), yes = 1;
    if (bind(fd, (struct sockaddr *)&here, length) || listen(fd, 512))
        die("listen");
    getsockname(fd, (struct sockaddr *)&here, &length);
    printf("%d\n", ntohs(here.sin_port));
    fflush(stdout);
    for (;;) {
        pthread_t thread;
        long accepted = accept(fd, NULL, NULL);
        if (accepted < 0)
            continue;
        setsockopt((int)accepted, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
        if (pthread_create(&thread, NULL, serve, (void *)accepted))
            die("thread");
        pthread_detach(thread);
    }
}

static struct link reach(int port) {
    struct sockaddr_in there = {.sin_family = AF_INET,
                                .sin_port = htons((uint16_t)port),
                                .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    struct link link = {socket(AF_INET, SOCK_STREAM, 0), NULL};
    if (connect(link.fd, (struct sockaddr *)&there, sizeof there))
        die("connect");
    if (context) {
        link.ssl = SSL_new(context);
        SSL_set_fd(link.ssl, link.fd);
        if (SSL_connect(link.ssl) != 1)
            die("TLS");
    }
    return link;
}

static void move_in_kernel(int from, int to, long long left) {
    static int pipes[2];
    if (!pipes[1] && (pipe(pipes) || fcntl(pipes[1], F_SETPIPE_SZ, 1 << 20) < 0))
        die("pipe");
    while (left) {
        ssize_t got = splice(from, NULL, pipes[1], NULL, (size_t)left, SPLICE_F_MOVE);
        if (got <= 0)
            die("splice");
        left -= got;
        while (got) {
            ssize_t sent = splice(pipes[0], NULL, to, NULL, (size_t)got, SPLICE_F_MOVE);
            if (sent <= 0)
                die("splice");
            got -= sent;
        }
    }
}

static void move(struct link *from, struct link *to, long long left, char *data) {
    while (left) {
        ssize_t got = get(from, data, PIECE);
        if (got <= 0 || !put(to, data, (size_t)got))
            die("copy");
        left -= got;
    }
}

static void copy(struct link *from, struct link *to, long long size) {
    static char head[HEAD], data[PIECE];
    size_t have, length;
    int asked = snprintf(head, sizeof head, "GET /%lld/x HTTP/1.1\r\nHost: x\r\n\r\n", size);
    put(from, head, (size_t)asked);
    length = read_head(from, head, &have);
    memmove(data, head + length, have - length);
    asked = snprintf(head, sizeof head,
                     "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: %lld\r\n\r\n", size);
    put(to, head, (size_t)asked);
    put(to, data, have - length);
    long long left = size - (long long)(have - length);
    if (context)
        move(from, to, left, data);
    else
        move_in_kernel(from->fd, to->fd, left);
    if (!read_head(to, head, &have))
        die("answer");
}

int main(int count, char **words) {
    int option, is_tls = 0;
    const char *certificate = NULL, *mode = count > 1 ? words[1] : "";
    signal(SIGPIPE, SIG_IGN);
    optind = 2;
    while ((option = getopt(count, words, strcmp(mode, "copy") ? "t:r:" : "t")) != -1) {
        if (option == 't') {
            is_tls = 1;
            certificate = optarg;
        } else if (option == 'r')
            rate = atof(optarg);
        else
            return 2;
    }
    if (is_tls)
        context = SSL_CTX_new(certificate ? TLS_server_method() : TLS_client_method());
    if (certificate &&
        (SSL_CTX_use_certificate_chain_file(context, certificate) != 1 ||
         SSL_CTX_use_PrivateKey_file(context, certificate, SSL_FILETYPE_PEM) != 1))
        return 2;
    is_sink = !strcmp(mode, "sink");
    if (is_sink || !strcmp(mode, "source"))
        listen_for_ever();
    if (strcmp(mode, "copy") || count - optind != 4)
        return 2;
    struct link from = reach(atoi(words[optind])), to = reach(atoi(words[optind + 1]));
    double began = seconds(CLOCK_MONOTONIC);
    for (int left = atoi(words[optind + 3]); left; left--)
        copy(&from, &to, atoll(words[optind + 2]));
    printf("{\"wall\": %.6f, \"cpu\": %.6f}\n", seconds(CLOCK_MONOTONIC) - began,
           seconds(CLOCK_PROCESS_CPUTIME_ID));
    return 0;
}
