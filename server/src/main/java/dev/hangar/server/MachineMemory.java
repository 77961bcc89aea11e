package dev.hangar.server;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;

/** The memory of this machine, or of the container that this process is in. */
final class MachineMemory {
  private MachineMemory() {}

  static long bytes() {
    // respects a cgroup's limit
    return ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getTotalMemorySize();
  }
}
