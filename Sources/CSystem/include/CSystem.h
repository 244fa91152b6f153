// System calls and C macros that Swift's Glibc module cannot import: shims, and nothing else.
#pragma once
#include "CSystemCrypt.h"
#include "CSystemFiles.h"
#include "CSystemMemory.h"
#include "CSystemNetwork.h"
#include "CSystemProcess.h"
