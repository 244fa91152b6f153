// What Swift cannot import of libssl: macros with arguments, a union, callbacks. Shims, and nothing else.
#pragma once
#include <errno.h>
#include <sys/socket.h>

// Macros of SSL_CTX_ctrl and SSL_ctrl, and options that are shifted bits.
static inline int copenssl_set_versions(SSL_CTX *context, int least, int most) {
    return SSL_CTX_set_min_proto_version(context, least) && SSL_CTX_set_max_proto_version(context, most);
}
static inline void copenssl_set_up_server(SSL_CTX *context) {
    SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_IGNORE_UNEXPECTED_EOF);
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
}
static inline void copenssl_set_up_client(SSL_CTX *context) {
    SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
}
static inline void copenssl_set_modes(SSL_CTX *context) {
    SSL_CTX_set_mode(context,
        SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_RELEASE_BUFFERS);
    SSL_CTX_set_read_ahead(context, 1);
    SSL_CTX_set_dh_auto(context, 1);
}
static inline int copenssl_add_chain_certificate(SSL_CTX *context, X509 *certificate) {
    return (int)SSL_CTX_add1_chain_cert(context, certificate);
}
static inline int copenssl_set_server_name(SSL *session, const char *name) {
    return (int)SSL_set_tlsext_host_name(session, name);
}
static inline int copenssl_is_retry(BIO *bio) { return BIO_should_retry(bio); }

// Takes any certificate, and leaves word that nobody has vouched for it: who it is, the caller tells by its key.
static inline int copenssl_accept_any(X509_STORE_CTX *context, void *argument) {
    (void)argument;
    X509_STORE_CTX_set_error(context, X509_V_ERR_CERT_UNTRUSTED);
    return 1;
}
static inline void copenssl_accept_any_certificate(SSL_CTX *context) {
    SSL_CTX_set_cert_verify_callback(context, copenssl_accept_any, NULL);
}

// A password callback that has none: without it libcrypto would ask at the terminal.
static inline int copenssl_no_password(char *buffer, int size, int is_writing, void *context) {
    (void)buffer, (void)size, (void)is_writing, (void)context;
    return -1;
}
static inline EVP_PKEY *copenssl_read_key(BIO *bio) {
    return PEM_read_bio_PrivateKey(bio, NULL, copenssl_no_password, NULL);
}
static inline X509 *copenssl_read_certificate(BIO *bio) {
    return PEM_read_bio_X509(bio, NULL, copenssl_no_password, NULL);
}

// A new key on the curve P-256; NULL where there are no random octets.
static inline EVP_PKEY *copenssl_new_key(void) { return EVP_EC_gen("P-256"); }
// Both as PEM, the key without a password.
static inline int copenssl_write_key(BIO *bio, EVP_PKEY *key) {
    return PEM_write_bio_PKCS8PrivateKey(bio, key, NULL, NULL, 0, copenssl_no_password, NULL);
}
static inline int copenssl_write_certificate(BIO *bio, X509 *certificate) {
    return PEM_write_bio_X509(bio, certificate);
}
// Adds an extension, in the words of openssl.cnf.
static inline int copenssl_add_extension(X509 *certificate, int kind, const char *words) {
    X509V3_CTX context;
    X509V3_set_ctx(&context, certificate, certificate, NULL, NULL, 0);
    X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, &context, kind, words);
    int isAdded = extension && X509_add_ext(certificate, extension, -1);
    X509_EXTENSION_free(extension);
    return isAdded;
}

// A GENERAL_NAME's kind, and its octets: of the string in it, or of the address; NULL for other kinds.
static inline int copenssl_name_kind(const GENERAL_NAME *name) { return name->type; }
static inline const unsigned char *copenssl_name_octets(const GENERAL_NAME *name, int *count) {
    const ASN1_STRING *text = NULL;
    switch (name->type) {
    case GEN_EMAIL: case GEN_DNS: case GEN_URI: text = name->d.ia5; break;
    case GEN_IPADD: text = name->d.iPAddress; break;
    case GEN_OTHERNAME:
        if (OBJ_obj2nid(name->d.otherName->type_id) == NID_ms_upn && name->d.otherName->value->type == V_ASN1_UTF8STRING)
            text = name->d.otherName->value->value.utf8string;
        break;
    }
    *count = text ? ASN1_STRING_length(text) : 0;
    return text ? ASN1_STRING_get0_data(text) : NULL;
}
static inline const X509_NAME *copenssl_directory_name(const GENERAL_NAME *name) {
    return name->type == GEN_DIRNAME ? name->d.directoryName : NULL;
}

// A BIO over a socket whose calls never block and never raise SIGPIPE, as libssl's own would; it does not own the descriptor.
static inline int copenssl_bio_read(BIO *bio, char *buffer, int size) {
    ssize_t count;
    do count = recv((int)(long)BIO_get_data(bio), buffer, (size_t)size, MSG_DONTWAIT);
    while (count < 0 && errno == EINTR);
    BIO_clear_retry_flags(bio);
    if (count < 0 && errno == EAGAIN) BIO_set_retry_read(bio);
    if (count == 0) BIO_set_flags(bio, BIO_FLAGS_IN_EOF);
    return (int)count;
}
static inline int copenssl_bio_write(BIO *bio, const char *buffer, int size) {
    ssize_t count;
    do count = send((int)(long)BIO_get_data(bio), buffer, (size_t)size, MSG_DONTWAIT | MSG_NOSIGNAL);
    while (count < 0 && errno == EINTR);
    BIO_clear_retry_flags(bio);
    if (count < 0 && errno == EAGAIN) BIO_set_retry_write(bio);
    return (int)count;
}
static inline long copenssl_bio_control(BIO *bio, int command, long number, void *pointer) {
    (void)number, (void)pointer;
    if (command == BIO_CTRL_EOF) return BIO_test_flags(bio, BIO_FLAGS_IN_EOF) != 0;
    return command == BIO_CTRL_FLUSH;
}
// The kind of such BIOs, made once and kept.
static inline BIO_METHOD *copenssl_bio_method(void) {
    BIO_METHOD *method = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "socket");
    if (method) {
        BIO_meth_set_read(method, copenssl_bio_read);
        BIO_meth_set_write(method, copenssl_bio_write);
        BIO_meth_set_ctrl(method, copenssl_bio_control);
    }
    return method;
}
// Gives a session both ways of such a BIO; false where there is no memory.
static inline int copenssl_set_socket(SSL *session, const BIO_METHOD *method, int descriptor) {
    BIO *bio = BIO_new(method);
    if (!bio) return 0;
    BIO_set_data(bio, (void *)(long)descriptor);
    BIO_set_init(bio, 1);
    SSL_set_bio(session, bio, bio);
    return 1;
}

// RFC 4514's form of a name, in UTF-8.
static inline int copenssl_print_name(BIO *bio, const X509_NAME *name) {
    return X509_NAME_print_ex(bio, name, 0, XN_FLAG_RFC2253 & ~ASN1_STRFLGS_ESC_MSB);
}
