import COpenSSL
import Glibc

/// Argon2 (RFC 9106), which libcrypto has from OpenSSL 3.2 on: found out when the process runs, not when it is built.
extension LibCrypto {
    /// Whether libcrypto has Argon2, and computes it as other implementations do. Nothing is verified by one that does not.
    static let isArgon2Right: Bool = {
        let answers: [(Argon2Setting.Kind, lanes: Int, expected: String)] = [
            (.id, 1, "50UD97y0OOTVN7ca0lAiIkxAFbJoO8IYMkpI3Oo6akY="),
            (.id, 2, "nCAGfyL1UWBntlfKYMHzfUI62I41KTAYbQKmnjqCXaw="),
            (.i, 1, "H/rSu1RxL8DeDS/aRf539nVlIN62bSQth28xIruBf/U="),
            (.d, 1, "1DpnP0883UNoGs565cVc7Wn6pK1aPszDq9YUxYhUthE="),
        ]
        return answers.allSatisfy { kind, lanes, expected in
            let setting = Argon2Setting(
                kind: kind, memory: 64, passes: 2, lanes: lanes, salt: Array("saltsalt".utf8), length: 32)
            return argon2(setting, password: Array("password".utf8).span).map { Base64.encode($0) } == expected
        }
    }()

    /// The hash of a password; nil where libcrypto has no Argon2 or refuses the parameters.
    static func argon2(_ setting: Argon2Setting, password: Span<UInt8>) -> [UInt8]? {
        // Safe: what is fetched is freed below; libcrypto takes nil where nothing was found.
        let method = unsafe EVP_KDF_fetch(nil, setting.kind.rawValue.uppercased(), nil)
        defer { unsafe EVP_KDF_free(method) }
        guard unsafe method != nil else {
            ERR_clear_error()
            return nil
        }
        let context = unsafe EVP_KDF_CTX_new(method)
        defer { unsafe EVP_KDF_CTX_free(context) }
        var output = [UInt8](repeating: 0, count: setting.length)
        var numbers = [setting.passes, setting.memory, setting.lanes, 1, 19].map { UInt32(clamping: $0) }
        var password = password.copied()
        defer { wipe(&password) }
        var salt = setting.salt
        // Safe: every parameter's memory is one of the arrays above, which outlive the call; it is copied by libcrypto.
        let done = unsafe numbers.withUnsafeMutableBufferPointer { numbers in
            unsafe password.withUnsafeMutableBytes { password in
                unsafe salt.withUnsafeMutableBytes { salt in
                    let names = ["iter", "memcost", "lanes", "threads", "version"]
                    return unsafe withNames(["pass", "salt"] + names) { keys in
                        var parameters = unsafe [
                            OSSL_PARAM_construct_octet_string(keys[0], password.baseAddress, password.count),
                            OSSL_PARAM_construct_octet_string(keys[1], salt.baseAddress, salt.count),
                        ]
                        for index in names.indices {
                            let number = unsafe numbers.baseAddress.map { unsafe $0 + index }
                            unsafe parameters.append(OSSL_PARAM_construct_uint32(keys[index + 2], number))
                        }
                        unsafe parameters.append(OSSL_PARAM_construct_end())
                        return unsafe EVP_KDF_derive(context, &output, output.count, parameters)
                    }
                }
            }
        }
        guard done == 1 else {
            ERR_clear_error()
            return nil
        }
        return output
    }

    /// Terminated copies of names for the time of a call.
    private static func withNames<Result>(
        _ names: [String], _ body: ([UnsafePointer<CChar>]) -> Result
    ) -> Result {
        // Safe: the copies are made here, and freed once after the call; strdup fails only where there is no memory at all.
        let copies = unsafe names.compactMap { unsafe strdup($0) }
        defer { unsafe copies.forEach { unsafe free($0) } }
        return unsafe body(copies.map { unsafe UnsafePointer($0) })
    }
}
