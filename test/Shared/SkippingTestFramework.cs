using System.Reflection;
using Xunit.Abstractions;
using Xunit.Sdk;

namespace FuelSessions.Tests.Servers;

/// <summary>
/// Reports a test that throws <see cref="ServerMissingException"/> as skipped. xunit 2 skips by attribute only, which the
/// inherited tests of the conformance suite can't carry.
/// </summary>
public sealed class SkippingTestFramework(IMessageSink diagnostics) : XunitTestFramework(diagnostics)
{
    protected override ITestFrameworkExecutor CreateExecutor(AssemblyName assemblyName) =>
        new Executor(assemblyName, SourceInformationProvider, DiagnosticMessageSink);

    private sealed class Executor(AssemblyName assembly, ISourceInformationProvider sources, IMessageSink diagnostics)
        : XunitTestFrameworkExecutor(assembly, sources, diagnostics)
    {
        protected override void RunTestCases(
            IEnumerable<IXunitTestCase> testCases,
            IMessageSink executionMessageSink,
            ITestFrameworkExecutionOptions executionOptions) =>
            base.RunTestCases(testCases, new SkippingSink(executionMessageSink), executionOptions);
    }

    private sealed class SkippingSink(IMessageSink sink) : LongLivedMarshalByRefObject, IMessageSink
    {
        public bool OnMessage(IMessageSinkMessage message)
        {
            int missing = message is ITestFailed failed ? Array.IndexOf(failed.ExceptionTypes, typeof(ServerMissingException).FullName) : -1;
            return sink.OnMessage(missing < 0 ? message : new TestSkipped(((ITestFailed)message).Test, ((ITestFailed)message).Messages[missing]));
        }
    }
}
