// RESP2, the other way: requests and replies to bytes.
#include <algorithm>
#include <array>
#include <charconv>

#include "core/wire/resp.h"

namespace quorate {

namespace {

constexpr std::string_view kCrlf = "\r\n";

// A line that holds a number, to where there is room for kRespMaxNumberLine bytes. Returns its end.
template <class Integer>
Byte* write_number_line(Byte* at, char type, Integer number) {
  *at++ = static_cast<Byte>(type);
  if (number >= 0 && number < 10) {  // most are lengths of a digit or two
    *at++ = static_cast<Byte>('0' + number);
  } else {
    char* const digits = reinterpret_cast<char*>(at);
    at += std::to_chars(digits, digits + kRespMaxNumberLine - 3, number).ptr - digits;
  }
  *at++ = '\r';
  *at++ = '\n';
  return at;
}

// What write_bulk() takes at most.
constexpr std::size_t bulk_room(std::string_view text) {
  return kRespMaxNumberLine + text.size() + kCrlf.size();
}

Byte* write_bulk(Byte* at, std::string_view text) {
  at = write_number_line(at, '$', text.size());
  at = std::copy(text.begin(), text.end(), at);
  return std::copy(kCrlf.begin(), kCrlf.end(), at);
}

template <class Integer>
void append_number_line(Bytes& to, char type, Integer number) {
  std::array<Byte, kRespMaxNumberLine> line;
  append_bytes(to, {line.data(), write_number_line(line.data(), type, number)});
}

void append_line(Bytes& to, char type, std::string_view text) {
  to.push_back(static_cast<Byte>(type));
  const auto begin = static_cast<std::ptrdiff_t>(to.size());
  append_bytes(to, as_bytes(text.substr(0, kRespMaxLine)));
  std::replace_if(
      to.begin() + begin, to.end(), [](Byte c) { return c == '\r' || c == '\n'; }, Byte{' '});
  append_bytes(to, as_bytes(kCrlf));
}

}  // namespace

void encode_simple(Bytes& to, std::string_view text) { append_line(to, '+', text); }
void encode_error(Bytes& to, std::string_view text) { append_line(to, '-', text); }
void encode_integer(Bytes& to, std::int64_t integer) { append_number_line(to, ':', integer); }

void encode_bulk(Bytes& to, std::string_view text) {
  append_number_line(to, '$', text.size());
  append_bytes(to, as_bytes(text));
  append_bytes(to, as_bytes(kCrlf));
}

void encode_nil(Bytes& to) { append_bytes(to, as_bytes("$-1\r\n")); }
void encode_array_header(Bytes& to, std::size_t count) { append_number_line(to, '*', count); }

// Room for all of it is made once, and what is left of that given back.
void encode_request(Bytes& to, std::span<const std::string_view> arguments) {
  std::size_t room = kRespMaxNumberLine;
  for (const std::string_view argument : arguments) room += bulk_room(argument);
  const std::size_t begin = to.size();
  to.resize(begin + room);
  Byte* at = write_number_line(to.data() + begin, '*', arguments.size());
  for (const std::string_view argument : arguments) at = write_bulk(at, argument);
  to.resize(static_cast<std::size_t>(at - to.data()));
}

void encode_request(Bytes& to, std::initializer_list<std::string_view> arguments) {
  encode_request(to, std::span(arguments.begin(), arguments.size()));
}

}  // namespace quorate
