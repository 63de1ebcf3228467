# Compiler flags that every target of the program shares.
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_CXX_FLAGS_RELEASE "-O3 -DNDEBUG")
set(CMAKE_CXX_FLAGS_DEBUG "-Og -g1")

find_program(CCACHE_PROGRAM ccache)
if(CCACHE_PROGRAM)
  # Precompiled headers need these to hit; the base directory lets checkouts share the cache.
  set(ccache_launcher ${CMAKE_COMMAND} -E env CCACHE_BASEDIR=${PROJECT_SOURCE_DIR} CCACHE_NOHASHDIR=1
      CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime ${CCACHE_PROGRAM})
  set(CMAKE_CXX_COMPILER_LAUNCHER ${ccache_launcher})
  set(CMAKE_C_COMPILER_LAUNCHER ${ccache_launcher})
endif()

# Everywhere or nowhere: some libraries ask for it, and precompiled headers made without it are of no use to their users.
add_compile_options(-pthread)

add_library(headscope_flags INTERFACE)
target_compile_options(headscope_flags INTERFACE -Wall -Wextra -Wpedantic $<$<CXX_COMPILER_ID:GNU>:-Wshadow=local> -Wno-missing-field-initializers)
# g++ 12 sees overlapping and endless copies in `"text" + std::string` that are not there (GCC bug 105651).
target_compile_options(headscope_flags INTERFACE $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict;-Wno-stringop-overflow;-Wno-array-bounds>)
# A unit of several files has no main file whose types could stay its own.
target_compile_options(headscope_flags INTERFACE $<$<CXX_COMPILER_ID:GNU>:-Wno-subobject-linkage>)
# g++ 12 takes the undefined lanes of its own AVX-512 intrinsics for uninitialized variables (GCC bug 105593).
target_compile_options(headscope_flags INTERFACE $<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized;-Wno-uninitialized>)
if(HEADSCOPE_WERROR)
  target_compile_options(headscope_flags INTERFACE -Werror)
endif()

# The whole program uses one instruction set: an Eigen template compiled with two of them would be merged by
# the linker into whichever came first. Files that choose at run time use plain loops (see core/README.md).
if(HEADSCOPE_NATIVE)
  add_compile_options(-march=native)
elseif(CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|AMD64")
  add_compile_options(-march=x86-64-v3)
endif()
if(HEADSCOPE_SANITIZE)
  # A null pointer, a foreign object and its type are what the address sanitizer sees as well; leaving those checks out
  # halves the time to compile. Alignment is checked in the module io alone.
  add_compile_options(-fsanitize=address,undefined -fno-sanitize=null,object-size,vptr,alignment
    -fno-sanitize-recover=undefined -fno-omit-frame-pointer)
  add_link_options(-fsanitize=address,undefined)
endif()
if(HEADSCOPE_FUZZ)
  add_compile_options(-fsanitize=fuzzer-no-link)
endif()
