using System.Diagnostics;
using Relay.Circuit;
using Relay.Multiformats;
using Relay.TestKit.Wire;

namespace Relay.TestKit.Conformance;

public static partial class ConformanceCases
{
    private static IEnumerable<ConformanceCase> Connects()
    {
        yield return new(19, "CONNECT to a peer without a reservation", async relay =>
            await NoReservationAsync(await relay.ConnectAsync(), (await relay.ConnectAsync()).PeerId));
        yield return new(19, "CONNECT to a peer that is not there", async relay =>
            await NoReservationAsync(await relay.ConnectAsync(), IdentityKey.Generate().PeerId));
        yield return new(21, "A destination that refuses is CONNECTION_FAILED", relay =>
            FailsAsync(relay, async stop =>
            {
                await stop.SendAsync(RawStop.Answer(Status.PermissionDenied));
                await stop.FinishAsync();
            }));
        yield return new(21, "A destination that answers garbage is CONNECTION_FAILED", relay =>
            FailsAsync(relay, async stop =>
            {
                await stop.SendAsync((byte[])[0x03, 0xff, 0xff, 0xff]);
                await stop.FinishAsync();
            }));
        yield return new(21, "A destination that hangs up is CONNECTION_FAILED", relay =>
            FailsAsync(relay, stop =>
            {
                stop.Reset();
                return Task.CompletedTask;
            }));
        yield return new(21, "A destination that does not speak STOP is CONNECTION_FAILED", async relay =>
        {
            ProbeClient destination = await relay.ReserveAsync(servesStop: false);
            ProbeStream hop = await (await relay.ConnectAsync()).OpenHopAsync();
            await hop.SendAsync(RawHop.Connect(destination.PeerId));
            await IsRefusedAsync(hop, Status.ConnectionFailed);
        });
        yield return new(22, "STOP names the source, and both ends are told the same limit", async relay =>
        {
            ProbeClient destination = await relay.ReserveAsync();
            ProbeClient source = await relay.ConnectAsync();
            ProbedCircuit circuit = await ProbedRelay.OpenCircuitAsync(source, destination);
            Expect.That(circuit.Request.Varint(1) == 0, "the type of the STOP message is not CONNECT");
            Expect.Bytes(source.PeerId.ToByteArray(), circuit.Request.Message(2)?.Bytes(1) ?? [], "the source in it");
            Expect.Bytes(circuit.Answer.Message(4)?.ToBytes() ?? [], circuit.Request.Message(3)?.ToBytes() ?? [], "the limit in it");
        });
        yield return new(22, "The limit is the relay's and not one the source asks for", async relay =>
        {
            ProbeClient destination = await relay.ReserveAsync();
            ProbeStream hop = await (await relay.ConnectAsync()).OpenHopAsync();
            await hop.SendAsync(RawHop.Connect(destination.PeerId).With(4, new RawMessage().With(1, 77777).With(2, 88888)));
            (ProbeStream stop, RawMessage request) = await destination.NextStopAsync();
            await stop.SendAsync(RawStop.Answer(Status.Ok));
            RawMessage answer = await hop.ReceiveMessageAsync();
            foreach (RawMessage? limit in new[] { request.Message(3), answer.Message(4) })
                Expect.That(limit?.Varint(1) != 77777 && limit?.Varint(2) != 88888, "the relay repeats what the source asked for");
        });
    }

    private static IEnumerable<ConformanceCase> Circuits()
    {
        yield return new(2, "Bytes right behind CONNECT belong to the circuit", async relay =>
        {
            ProbeClient destination = await relay.ReserveAsync();
            ProbeStream hop = await (await relay.ConnectAsync()).OpenHopAsync();
            await hop.SendAsync((byte[])[.. RawHop.Connect(destination.PeerId).ToFrame(), 1, 2, 3]);
            (ProbeStream stop, _) = await destination.NextStopAsync();
            await stop.SendAsync(RawStop.Answer(Status.Ok));
            Expect.Bytes([1, 2, 3], await stop.ReceiveAsync(3), "what the destination gets");
        });
        yield return new(23, "OK comes before the destination's bytes, and none of them is lost", async relay =>
        {
            ProbeClient destination = await relay.ReserveAsync();
            ProbeStream hop = await (await relay.ConnectAsync()).OpenHopAsync();
            await hop.SendAsync(RawHop.Connect(destination.PeerId));
            (ProbeStream stop, _) = await destination.NextStopAsync();
            await stop.SendAsync((byte[])[.. RawStop.Answer(Status.Ok).ToFrame(), 9, 8, 7]);
            Expect.Equal(Status.Ok, RawHop.StatusOf(await hop.ReceiveMessageAsync()), "the answer");
            Expect.Bytes([9, 8, 7], await hop.ReceiveAsync(3), "what the source gets");
        });
        foreach (bool reversed in new[] { false, true })
        {
            string from = reversed ? "the destination" : "the source";
            yield return new(24, $"FIN of {from} passes, and the other way stays open", async relay =>
            {
                ProbedCircuit circuit = Turn(await relay.OpenCircuitAsync(), reversed);
                await circuit.Source.SendAsync((byte[])[1, 2, 3]);
                await circuit.Source.FinishAsync();
                Expect.Equal((3L, false), await circuit.Destination.ReceiveToEndAsync(), "what arrives, and its end");
                await circuit.Destination.SendAsync((byte[])[4, 5]);
                await circuit.Destination.FinishAsync();
                Expect.Equal((2L, false), await circuit.Source.ReceiveToEndAsync(), "what comes back, and its end");
            });
            yield return new(24, $"RST of {from} passes", async relay =>
            {
                ProbedCircuit circuit = Turn(await relay.OpenCircuitAsync(), reversed);
                circuit.Source.Reset();
                Expect.Equal((0L, true), await circuit.Destination.ReceiveToEndAsync(), "what the other end sees, which must be a reset");
            });
            yield return new(15, $"One byte over the data limit from {from} resets both ends", async relay =>
            {
                ProbedCircuit circuit = Turn(await relay.OpenCircuitAsync(), reversed);
                int limit = circuit.ReadDataLimit();
                Task<(long Bytes, bool IsReset)> arriving = circuit.Destination.ReceiveToEndAsync();
                await SendAsync(circuit.Source, limit + 1);
                (long bytes, bool isReset) = await arriving;
                Expect.That(isReset && bytes <= limit, $"{bytes} of {limit} bytes arrive, {(isReset ? "then a reset" : "then FIN")}");
                Expect.That((await circuit.Source.ReceiveToEndAsync()).IsReset, "the sender sees no reset");
            });
        }

        yield return new(12, "Exactly the data limit passes, each way on its own", async relay =>
        {
            ProbedCircuit circuit = await relay.OpenCircuitAsync();
            int limit = circuit.ReadDataLimit();
            foreach (ProbedCircuit way in new[] { circuit, circuit.Reversed() })
            {
                Task<(long Bytes, bool IsReset)> arriving = way.Destination.ReceiveToEndAsync();
                await SendAsync(way.Source, limit);
                await way.Source.FinishAsync();
                Expect.Equal((limit, false), await arriving, "what arrives, and its end");
            }
        });
        yield return new(12, "A circuit is not cut sooner than the seconds announced", async relay =>
        {
            ProbedCircuit circuit = await relay.OpenCircuitAsync();
            ulong seconds = circuit.Answer.Message(4)?.Varint(1) ?? 0;
            var tried = TimeSpan.FromSeconds(seconds is 0 or > 4 ? 3 : seconds - 0.5);
            var clock = Stopwatch.StartNew();
            while (clock.Elapsed < tried)
            {
                await SendAsync(circuit.Source, 1);
                await circuit.Destination.ReceiveAsync(1);
                await Task.Delay(100); // time on the relay's clock is what the case is about
            }
        });
    }

    private static ProbedCircuit Turn(ProbedCircuit circuit, bool reversed) => reversed ? circuit.Reversed() : circuit;

    private static async Task FailsAsync(ProbedRelay relay, Func<ProbeStream, Task> answer)
    {
        ProbeClient destination = await relay.ReserveAsync();
        ProbeStream hop = await (await relay.ConnectAsync()).OpenHopAsync();
        await hop.SendAsync(RawHop.Connect(destination.PeerId));
        (ProbeStream stop, _) = await destination.NextStopAsync();
        try
        {
            await answer(stop);
        }
        catch (IOException)
        {
            // The relay has heard enough and ended the stream before the destination did.
        }

        await IsRefusedAsync(hop, Status.ConnectionFailed);
    }

    // What is sent past a limit may be cut off while it is sent.
    private static async Task SendAsync(ProbeStream stream, int count)
    {
        try
        {
            await stream.SendAsync(new byte[count]);
        }
        catch (IOException)
        {
            // Seen by the receiver, too.
        }
    }
}
