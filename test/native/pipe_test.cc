// The streams of a child: who may block, who inherits what, and what the ends say when the other side is gone.
#include "platform/pipe.h"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <span>
#include <string>

#include "bytes_of.h"
#include "child_process.h"
#include "core/launch_spec.h"

namespace {

using namespace custody::testing;
using custody::core::ErrorSubject;
using custody::core::LaunchSpec;
using custody::core::OutputTarget;
using custody::core::StdinSource;
using custody::platform::OpenStdio;
using custody::platform::StdioPair;
using custody::platform::WouldBlock;

LaunchSpec SpecOf(StdinSource input, OutputTarget output) {
  LaunchSpec spec;
  spec.stdin_source = input;
  spec.output[0] = output;
  spec.output[1] = output;
  return spec;
}

bool IsBlocking(const OwnedHandle& handle) { return (::fcntl(FdOf(handle), F_GETFL) & O_NONBLOCK) == 0; }

std::string LinkOf(int fd) { return std::filesystem::read_symlink("/proc/self/fd/" + std::to_string(fd)); }

}  // namespace

TEST_CASE("a child's ends block, are above 2, and no exec inherits them by itself") {
  for (const OutputTarget output : {OutputTarget::kCapture, OutputTarget::kIgnore, OutputTarget::kInherit}) {
    for (const StdinSource input : {StdinSource::kPipe, StdinSource::kIgnore, StdinSource::kInherit}) {
      StdioPair pair = std::move(OpenStdio(SpecOf(input, output)).value());
      for (const OwnedHandle& handle : pair.child.handles) {
        REQUIRE(FdOf(handle) >= 3);
        CHECK((::fcntl(FdOf(handle), F_GETFD) & FD_CLOEXEC) != 0);
        CHECK(IsBlocking(handle));
      }
      CHECK(pair.child.inherits_stdin == (input == StdinSource::kInherit));
      CHECK(pair.host.input.is_open() == (input == StdinSource::kPipe));
      CHECK(pair.host.output[0].is_open() == (output == OutputTarget::kCapture));
    }
  }
}

TEST_CASE("what is ignored is the null device") {
  StdioPair pair = std::move(OpenStdio(SpecOf(StdinSource::kIgnore, OutputTarget::kIgnore)).value());
  for (const OwnedHandle& handle : pair.child.handles) CHECK(LinkOf(FdOf(handle)) == "/dev/null");
}

TEST_CASE("an output pipe gives what is there, says when there is nothing, and ends with its last writer") {
  StdioPair pair = std::move(OpenStdio(SpecOf(StdinSource::kIgnore, OutputTarget::kCapture)).value());
  auto& pipe = pair.host.output[0];
  OwnedHandle& writer = pair.child.handles[1];
  std::array<std::byte, 64> into;
  auto nothing = pipe.ReadSome(into);
  REQUIRE_FALSE(nothing.ok());
  CHECK(WouldBlock(nothing.error()));
  REQUIRE(::write(FdOf(writer), "hello", 5) == 5);
  CHECK(pipe.ReadSome(into).value() == 5);
  const OwnedHandle second(::fcntl(FdOf(writer), F_DUPFD_CLOEXEC, 3));
  writer.Close();
  CHECK_FALSE(pipe.ReadSome(into).ok());
  const_cast<OwnedHandle&>(second).Close();
  CHECK(pipe.ReadSome(into).value() == 0);
}

TEST_CASE("an input pipe takes what fits, says when it is full, and when nobody reads any more") {
  StdioPair pair = std::move(OpenStdio(SpecOf(StdinSource::kPipe, OutputTarget::kIgnore)).value());
  const std::string block(1 << 20, 'x');
  const std::size_t taken = pair.host.input.WriteSome(BytesOf(block)).value();
  CHECK(taken < block.size());
  auto full = pair.host.input.WriteSome(BytesOf(block));
  REQUIRE_FALSE(full.ok());
  CHECK(WouldBlock(full.error()));
  pair.child.handles[0].Close();
  const auto before = std::signal(SIGPIPE, SIG_IGN);  // an engine thread blocks it
  auto broken = pair.host.input.WriteSome(BytesOf(block));
  std::signal(SIGPIPE, before);
  REQUIRE_FALSE(broken.ok());
  CHECK(broken.error().code == EPIPE);
  CHECK_FALSE(WouldBlock(broken.error()));
}

TEST_CASE("a pipe can be enlarged") {
  StdioPair pair = std::move(OpenStdio(SpecOf(StdinSource::kIgnore, OutputTarget::kCapture)).value());
  const int writer = FdOf(pair.child.handles[1]);
  const int before = ::fcntl(writer, F_GETPIPE_SZ);
  pair.host.output[0].Enlarge(4 * static_cast<std::size_t>(before));
  CHECK(::fcntl(writer, F_GETPIPE_SZ) > before);
}

TEST_CASE("the holders of a pipe are the other processes that have it open") {
  StdioPair pair = std::move(OpenStdio(SpecOf(StdinSource::kIgnore, OutputTarget::kCapture)).value());
  CHECK(pair.host.output[0].Holders().empty());
  const pid_t child = ::fork();
  if (child == 0) {
    ::alarm(20);
    for (;;) ::pause();
  }
  const auto holders = pair.host.output[0].Holders();
  EndChild(child);
  REQUIRE(holders.size() == 1);
  CHECK(holders[0].pid == child);
  CHECK_FALSE(holders[0].name.empty());
}

TEST_CASE("a file as input is opened for the child alone; what is wrong with it is about stdin") {
  const TemporaryFolder folder;
  auto spec = SpecOf(StdinSource::kFile, OutputTarget::kIgnore);
  SUBCASE("there") {
    spec.stdin_path = folder.Write("input", "hello", 0644);
    StdioPair pair = std::move(OpenStdio(spec).value());
    CHECK(LinkOf(FdOf(pair.child.handles[0])) == spec.stdin_path);
    CHECK(IsBlocking(pair.child.handles[0]));
    CHECK_FALSE(pair.host.input.is_open());
  }
  SUBCASE("a FIFO that nobody writes to does not block the thread") {
    spec.stdin_path = folder.Path("fifo");
    REQUIRE(::mkfifo(spec.stdin_path.c_str(), 0600) == 0);
    CHECK(OpenStdio(spec).ok());
  }
  SUBCASE("missing") {
    spec.stdin_path = folder.Path("missing");
    auto missing = OpenStdio(spec);
    REQUIRE_FALSE(missing.ok());
    CHECK(missing.error().code == ENOENT);
    CHECK(missing.error().subject == ErrorSubject::kStdin);
    CHECK(missing.error().operation == std::string("open-stdin"));
  }
}

TEST_CASE("a refusal half way leaves no descriptor open") {
  const int code = InOwnProcess([] {
    for (rlim_t limit = 3; limit < 20; ++limit) {
      const rlimit few{limit, 100};
      const std::size_t before = CountDescriptors();
      if (::setrlimit(RLIMIT_NOFILE, &few) == -1) return 1;
      {
        auto pair = OpenStdio(SpecOf(StdinSource::kPipe, OutputTarget::kCapture));
        if (!pair.ok() && pair.error().code != EMFILE) return 2;
      }
      const rlimit many{100, 100};
      if (::setrlimit(RLIMIT_NOFILE, &many) == -1) return 1;
      if (CountDescriptors() != before) return 3;
    }
    return 0;
  });
  CHECK(code == 0);
}

TEST_CASE("a host without standard streams gives its children working ones") {
  const int code = InOwnProcess([] {
    for (int fd = 0; fd < 3; ++fd) ::close(fd);
    auto captured = OpenStdio(SpecOf(StdinSource::kPipe, OutputTarget::kCapture));
    auto inherited = OpenStdio(SpecOf(StdinSource::kInherit, OutputTarget::kInherit));
    if (!captured.ok() || !inherited.ok()) return 1;
    for (auto* pair : {&captured.value(), &inherited.value()}) {
      for (const OwnedHandle& handle : pair->child.handles) {
        if (FdOf(handle) < 3) return 2;
      }
    }
    for (const OwnedHandle& handle : inherited.value().child.handles) {
      if (LinkOf(FdOf(handle)) != "/dev/null") return 3;
    }
    // Nothing of ours is left where the host may expect nothing.
    for (int fd = 0; fd < 3; ++fd) {
      if (::fcntl(fd, F_GETFD) != -1) return 4;
    }
    return 0;
  });
  CHECK(code == 0);
}

TEST_CASE("a child that inherits a stream gets a blocking one, as the host's child_process gives it") {
  // libuv makes the host's own pipes non-blocking, and the flag belongs to what both share.
  const int code = InOwnProcess([] {
    int ends[2];
    if (::pipe2(ends, O_NONBLOCK) == -1) return 1;
    if (::dup2(ends[0], 0) == -1 || ::dup2(ends[1], 1) == -1 || ::dup2(ends[1], 2) == -1) return 1;
    auto pair = OpenStdio(SpecOf(StdinSource::kInherit, OutputTarget::kInherit));
    if (!pair.ok()) return 2;
    for (const OwnedHandle& handle : pair.value().child.handles) {
      if (!IsBlocking(handle)) return 3;
    }
    return 0;
  });
  CHECK(code == 0);
}
